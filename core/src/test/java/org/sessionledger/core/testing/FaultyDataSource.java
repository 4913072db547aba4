package org.sessionledger.core.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/** A data source over a real one whose commits and connections fail when the test says so. */
public final class FaultyDataSource {

  private final DataSource real;
  private final AtomicInteger losesAnswer = new AtomicInteger();
  private final AtomicInteger losesCommit = new AtomicInteger();
  private final AtomicInteger refusesConnection = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final ReentrantLock checkpoints = new ReentrantLock();
  private volatile int refusedAfterFault;
  private volatile boolean away;

  public FaultyDataSource(DataSource real) {
    this.real = real;
  }

  /** The n-th commit from now is carried out, and its caller hears that the connection broke. */
  public FaultyDataSource loseAnswerOfCommit(int n) {
    losesAnswer.set(n);
    return this;
  }

  /**
   * The n-th commit from now is not carried out, and its caller hears that the connection broke.
   */
  public FaultyDataSource loseCommit(int n) {
    losesCommit.set(n);
    return this;
  }

  /** After each fault so many connections cannot be had. */
  public FaultyDataSource thenRefuseConnections(int n) {
    refusedAfterFault = n;
    return this;
  }

  /** From now on nothing can be reached, or all can be again. */
  public void away(boolean isAway) {
    away = isAway;
  }

  /** No {@code CHECKPOINT} begins until it is closed; the caller's thread closes it. */
  public AutoCloseable holdCheckpoints() {
    checkpoints.lock();
    return checkpoints::unlock;
  }

  /** Faults that happened. */
  public int faults() {
    return faults.get();
  }

  public DataSource dataSource() {
    return proxy(
        DataSource.class,
        (proxy, method, args) -> {
          if (!method.getName().equals("getConnection")) {
            return call(real, method, args);
          }
          if (away || refusesConnection.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new SQLException("no connection, by the test's order", "08001");
          }
          return connection((Connection) call(real, method, args));
        });
  }

  private Connection connection(Connection connection) {
    return proxy(
        Connection.class,
        (proxy, method, args) -> {
          if (away && method.getName().equals("prepareStatement")) {
            throw new SQLException("the connection is gone, by the test's order", "08006");
          }
          if (method.getName().equals("createStatement")) {
            return statement((Statement) call(connection, method, args));
          }
          if (!method.getName().equals("commit")) {
            return call(connection, method, args);
          }
          if (losesCommit.decrementAndGet() == 0) {
            throw broken();
          }
          call(connection, method, args);
          if (losesAnswer.decrementAndGet() == 0) {
            throw broken();
          }
          return null;
        });
  }

  private Statement statement(Statement statement) {
    return proxy(
        Statement.class,
        (proxy, method, args) -> {
          if (method.getName().equals("execute") && args[0].equals("CHECKPOINT")) {
            checkpoints.lock();
            checkpoints.unlock();
          }
          return call(statement, method, args);
        });
  }

  private SQLException broken() {
    faults.incrementAndGet();
    refusesConnection.set(refusedAfterFault);
    return new SQLException("the connection broke, by the test's order", "08006");
  }

  private static Object call(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
