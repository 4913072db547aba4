package org.sessionledger.app.openclaw;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.GatewayFrame.Closed;
import org.sessionledger.app.openclaw.GatewayFrame.Hello;

/**
 * Tells one process of the gateway from the next. A {@code bootId} names it; without one, a start
 * (arrival less uptime) after the last closed socket is another process, and so is what answers
 * after a shutdown or an abnormal close.
 */
final class GatewayProcess {

  /** The service restarts. */
  private static final long CLOSE_RESTART = 1_012;

  /** The socket broke. */
  private static final long CLOSE_ABNORMAL = 1_006;

  private @Nullable String instance;
  private @Nullable String bootId;
  private @Nullable String host;
  private @Nullable Long lastClosedAt;
  private boolean died;

  /** The name of the process that is running; null before the first hello. */
  @Nullable String instance() {
    return instance;
  }

  @Nullable String host() {
    return host;
  }

  /** A recording that begins between two hellos has frames of a process that it never names. */
  void seen(Place place) {
    if (instance == null) {
      instance = "unseen@" + place;
    }
  }

  void closed(Closed close) {
    lost(close.at());
    died |= close.code() == CLOSE_RESTART || close.code() == CLOSE_ABNORMAL;
  }

  /** The connection is gone, and nobody saw how. */
  void lost(@Nullable Long lastHeardAt) {
    if (lastHeardAt != null) {
      lastClosedAt = lastHeardAt;
    }
  }

  /** It was followed before, by somebody who stopped. */
  void resumed(@Nullable String name, @Nullable String boot, @Nullable Long heardAt) {
    instance = name;
    bootId = boot;
    lost(heardAt);
  }

  @Nullable String bootId() {
    return bootId;
  }

  void shuttingDown() {
    died = true;
  }

  /** The process that this hello proves to be dead, or null. */
  @Nullable String hello(Hello hello) {
    String before = instance;
    boolean another = isAnother(hello);
    if (another || before == null) {
      instance = name(hello);
    }
    bootId = hello.bootId();
    host = hello.host();
    died = false;
    return another ? before : null;
  }

  private boolean isAnother(Hello hello) {
    if (instance == null) {
      return false;
    }
    if (bootId != null && hello.bootId() != null) {
      return !bootId.equals(hello.bootId());
    }
    Long startedAt = startedAt(hello);
    return died || (startedAt != null && lastClosedAt != null && startedAt > lastClosedAt);
  }

  /** To the second: two hellos of one process differ by the time that they were under way. */
  private static String name(Hello hello) {
    if (hello.bootId() != null) {
      return hello.bootId();
    }
    Long startedAt = startedAt(hello);
    String version = hello.version() == null ? "openclaw" : "openclaw-" + hello.version();
    if (startedAt == null) {
      return version + "@" + hello.place();
    }
    try {
      return version + "@" + Instant.ofEpochSecond(Math.floorDiv(startedAt + 500, 1_000L));
    } catch (DateTimeException e) {
      return version + "@" + startedAt;
    }
  }

  private static @Nullable Long startedAt(Hello hello) {
    Long at = hello.at();
    Long uptime = hello.uptimeMillis();
    // Nothing began after it said so.
    return at == null || uptime == null || uptime < 0 ? null : saturated(at, uptime);
  }

  /** A clock may say anything. */
  private static long saturated(long at, long uptime) {
    try {
      return Math.subtractExact(at, uptime);
    } catch (ArithmeticException e) {
      return at < 0 ? Long.MIN_VALUE : Long.MAX_VALUE - 500;
    }
  }
}
