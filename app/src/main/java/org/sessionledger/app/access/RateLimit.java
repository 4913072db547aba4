package org.sessionledger.app.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * So many requests a second for each token, or tries for each address, with some at once after a
 * pause. A bucket each, which the time fills; the one that was not used for longest is forgotten
 * when there are too many.
 */
public final class RateLimit {

  /** Tokens that are counted at a time. */
  static final int BUCKETS_MAX = 10_000;

  /** Seconds whose requests may come at once. */
  private static final int BURST_SECONDS = 2;

  private static final double NANOS = 1e9;

  private static final class Bucket {
    private double tokens;
    private long atNanos;

    Bucket(double tokens, long atNanos) {
      this.tokens = tokens;
      this.atNanos = atNanos;
    }
  }

  private final double perSecond;
  private final double most;
  private final LongSupplier nanos;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > BUCKETS_MAX;
        }
      };

  /**
   * @param perSecond 0: as many as come
   */
  public RateLimit(int perSecond) {
    this(perSecond, System::nanoTime);
  }

  RateLimit(int perSecond, LongSupplier nanos) {
    this(perSecond, perSecond * BURST_SECONDS, nanos);
  }

  /**
   * Any other than of requests.
   *
   * @param atOnce after a pause
   */
  public RateLimit(double perSecond, int atOnce) {
    this(perSecond, atOnce, System::nanoTime);
  }

  RateLimit(double perSecond, int atOnce, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.most = atOnce;
    this.nanos = nanos;
  }

  /** Counts a request; false when it is one too many. */
  public boolean admits(Caller caller) {
    return admits(caller.account());
  }

  /** Counts what somebody does; false when it is once too often. */
  public boolean admits(String who) {
    if (perSecond == 0) {
      return true;
    }
    synchronized (buckets) {
      Bucket bucket = filled(who);
      if (bucket.tokens < 1) {
        return false;
      }
      bucket.tokens--;
      return true;
    }
  }

  /** True when somebody would not be admitted; counts nothing. */
  public boolean isSpent(String who) {
    synchronized (buckets) {
      return filled(who).tokens < 1;
    }
  }

  /** Counts what was done already, be it too much. */
  public void charge(String who, int times) {
    synchronized (buckets) {
      Bucket bucket = filled(who);
      bucket.tokens = Math.max(0, bucket.tokens - times);
    }
  }

  private Bucket filled(String who) {
    long now = nanos.getAsLong();
    Bucket bucket = buckets.computeIfAbsent(who, any -> new Bucket(most, now));
    bucket.tokens = Math.min(most, bucket.tokens + (now - bucket.atNanos) / NANOS * perSecond);
    bucket.atNanos = now;
    return bucket;
  }

  int size() {
    synchronized (buckets) {
      return buckets.size();
    }
  }
}
