package org.sessionledger.app.gateways;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.app.openclaw.follow.FollowListener;
import org.sessionledger.app.openclaw.follow.Gap;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the following of one gateway does, for whoever asks while it goes on. */
final class GatewayState implements FollowListener {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayState.class);

  /** Differences that are told; all are counted. */
  private static final int DIFFERENCES_TOLD = 100;

  /** Whether a gateway is followed. */
  enum Connection {
    /** Not connected yet, or not any more. */
    CONNECTING,
    FOLLOWING,
    /** It cannot be followed as things are; it is tried again every minute. */
    FAILED
  }

  private final Gateway gateway;
  private final Clock clock;
  private final Map<String, Difference> differences = new LinkedHashMap<>();
  private Connection connection = Connection.CONNECTING;
  private Instant since;
  private @Nullable String version;
  private @Nullable String trouble;
  private @Nullable Instant lastHeardAt;
  private @Nullable Gap lastGap;
  private long frames;
  private long accepted;
  private long duplicates;
  private long refused;
  private long connections;
  private long gaps;

  GatewayState(Gateway gateway, Clock clock) {
    this.gateway = gateway;
    this.clock = clock;
    this.since = clock.instant();
  }

  /**
   * What {@code GET /v1/gateways} tells of a gateway.
   *
   * @param since when the connection came to be as it is
   * @param trouble what went wrong last, in words; null once it is connected again
   * @param differences the first hundred sessions that the gateway shows otherwise than the ledger
   * @param frames counted since the server's start, as all counts here
   */
  record View(
      String name,
      String url,
      String connection,
      Instant since,
      @Nullable String version,
      @Nullable String trouble,
      @Nullable Instant lastHeardAt,
      long frames,
      long accepted,
      long duplicates,
      long refused,
      long connections,
      long gaps,
      @Nullable LastGap lastGap,
      long differenceCount,
      List<Difference> differences) {}

  /**
   * @param sessions how many it may concern
   */
  record LastGap(Instant from, Instant to, String why, int sessions) {}

  synchronized View view() {
    Gap gap = lastGap;
    return new View(
        gateway.name(),
        gateway.url().toString(),
        connection.name().toLowerCase(java.util.Locale.ROOT),
        since,
        version,
        trouble,
        lastHeardAt,
        frames,
        accepted,
        duplicates,
        refused,
        connections,
        gaps,
        gap == null ? null : new LastGap(gap.from(), gap.to(), gap.why(), gap.sessions().size()),
        differences.size(),
        new ArrayList<>(differences.values())
            .subList(0, Math.min(DIFFERENCES_TOLD, differences.size())));
  }

  private synchronized void become(Connection now) {
    connection = now;
    since = clock.instant();
  }

  /** It cannot be followed as things are. */
  synchronized void failed(String why) {
    become(Connection.FAILED);
    trouble = why;
    LOG.warn("Gateway {} is not followed: {}", gateway.name(), why);
  }

  synchronized void tryingAgain() {
    become(Connection.CONNECTING);
  }

  @Override
  public synchronized void heard(long newFrames, long at) {
    frames += newFrames;
    lastHeardAt = Instant.ofEpochMilli(at);
  }

  @Override
  public synchronized void decided(Translated command, Ruling ruling) {
    if (ruling.verdict() == Verdict.ACCEPTED) {
      accepted++;
    } else if (ruling.verdict() == Verdict.DUPLICATE) {
      duplicates++;
    } else {
      refused++;
    }
  }

  @Override
  public synchronized void connected(@Nullable String newVersion, long listed) {
    become(Connection.FOLLOWING);
    version = newVersion;
    trouble = null;
    connections++;
    LOG.info("Gateway {} is followed; it lists {} sessions", gateway.name(), listed);
  }

  @Override
  public synchronized void disconnected(String why, long retryMillis) {
    become(Connection.CONNECTING);
    trouble = why;
    LOG.warn("Gateway {} is not connected: {}", gateway.name(), why);
  }

  @Override
  public synchronized void gap(Gap gap) {
    gaps++;
    lastGap = gap;
  }

  @Override
  public synchronized void differs(Difference difference) {
    differences.put(difference.sessionKey(), difference);
    LOG.warn(
        "Gateway {} shows session {} otherwise than the ledger has it",
        gateway.name(),
        difference.sessionKey());
  }

  @Override
  public synchronized void agrees(SessionKey key) {
    differences.remove(key.value());
  }

  @Override
  public synchronized void trouble(String what) {
    trouble = what;
    LOG.warn("Gateway {}: {}", gateway.name(), what);
  }
}
