package org.sessionledger.core.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A data source over a real one whose commits and connections fail when the test says so. */
public final class FaultyDataSource {

  private final DataSource real;
  private final AtomicInteger losesAnswer = new AtomicInteger();
  private final AtomicInteger losesCommit = new AtomicInteger();
  private final AtomicInteger refusesConnection = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private volatile int refusedAfterFault;

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
          if (refusesConnection.get() > 0) {
            refusesConnection.decrementAndGet();
            throw new SQLException("no connection, by the test's order", "08001");
          }
          return connection((Connection) call(real, method, args));
        });
  }

  private Connection connection(Connection connection) {
    return proxy(
        Connection.class,
        (proxy, method, args) -> {
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
