package org.sessionledger.core.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * A data source over a real one, on which something happens just before whoever decides looks at
 * the head.
 */
public final class HeadLooks {

  /** Those that listen for other nodes look, too, and decide nothing. */
  private static final Set<String> DECIDING =
      Set.of("session-ledger-decider", "session-ledger-writer");

  private final DataSource real;
  private final AtomicReference<Runnable> next = new AtomicReference<>();
  private final AtomicInteger looksBefore = new AtomicInteger();
  private volatile boolean happened;

  public HeadLooks(DataSource real) {
    this.real = real;
  }

  /**
   * Once, from now on.
   *
   * @param looks how many looks come before it
   */
  public void after(int looks, Runnable event) {
    looksBefore.set(looks);
    next.set(event);
  }

  public boolean happened() {
    return happened;
  }

  public DataSource dataSource() {
    return proxy(
        DataSource.class,
        real,
        (result, args) -> result instanceof Connection open ? connection(open) : result);
  }

  private Connection connection(Connection open) {
    return proxy(
        Connection.class,
        open,
        (result, args) -> {
          if (args != null
              && args.length > 0
              && args[0] instanceof String sql
              && sql.contains("FROM ledger_head")
              && DECIDING.contains(Thread.currentThread().getName())
              && next.get() != null
              && looksBefore.getAndDecrement() == 0) {
            Runnable event = next.getAndSet(null);
            if (event != null) {
              event.run();
              happened = true;
            }
          }
          return result;
        });
  }

  private interface After {
    Object change(Object result, Object[] args);
  }

  private static <T> T proxy(Class<T> type, T target, After after) {
    InvocationHandler handler =
        (proxy, method, args) -> {
          try {
            return after.change(method.invoke(target, args), args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(
        Proxy.newProxyInstance(HeadLooks.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
