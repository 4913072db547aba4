package org.sessionledger.app.openclaw;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sessionledger.app.openclaw.follow.FollowListener;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.FollowOptions.Limits;
import org.sessionledger.app.openclaw.follow.FollowOptions.Patience;
import org.sessionledger.app.openclaw.follow.FollowOptions.RawOptions;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.app.openclaw.follow.Follower;
import org.sessionledger.app.openclaw.follow.Gap;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.core.session.Verdict;

/** Follows a scripted gateway to the end of its last script, and notes what is heard. */
final class Following implements FollowListener {

  static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ZERO,
          Duration.ofMillis(10),
          Duration.ofMillis(20));

  final List<String> decided = new ArrayList<>();
  final List<String> unreadable = new ArrayList<>();
  final List<String> disconnected = new ArrayList<>();
  final List<String> troubles = new CopyOnWriteArrayList<>();
  final List<Long> pauses = new ArrayList<>();
  final List<Long> listed = new ArrayList<>();
  final List<Gap> gaps = new ArrayList<>();
  final List<Replay.Difference> differences = new ArrayList<>();

  Runnable whenDisconnected = () -> {};
  Patience patience = PATIENCE;
  Limits limits = Limits.USUAL;
  Path raw;
  Path mark;
  boolean rawContent;
  long rawFileBytes = RawOptions.FILE_BYTES;
  int rawFiles = RawOptions.FILES;

  private ScriptedGateway gateway;
  private Follower follower;

  FollowSummary follow(ScriptedGateway scripted, Decider decider) throws Exception {
    gateway = scripted;
    follower = new Follower(options(scripted.uri()), decider, this);
    return follower.run();
  }

  GatewayError refused(ScriptedGateway scripted) throws Exception {
    try {
      follow(scripted, new ScriptedDecider());
    } catch (GatewayError e) {
      return e;
    }
    throw new AssertionError("it was not refused");
  }

  private FollowOptions options(URI uri) {
    return new FollowOptions(
        uri,
        new Secret(ScriptedGateway.TOKEN),
        "1.0",
        false,
        Duration.ofSeconds(60),
        raw == null ? null : new RawOptions(raw, rawContent, rawFileBytes, rawFiles),
        mark,
        patience,
        limits,
        Clock.systemUTC(),
        new Random(42));
  }

  @Override
  public void decided(Translated command, Ruling ruling) {
    String verdict =
        ruling.verdict() == Verdict.REJECTED ? ruling.reason() : ruling.verdict().code();
    decided.add(CommandLine.of(command) + " : " + verdict);
  }

  @Override
  public void unreadable(Place place, String problem) {
    unreadable.add(problem);
  }

  @Override
  public void connected(String version, long rows) {
    listed.add(rows);
  }

  @Override
  public void disconnected(String why, long retryMillis) {
    disconnected.add(why);
    pauses.add(retryMillis);
    whenDisconnected.run();
    if (gateway.isAtLast()) {
      follower.stop();
    }
  }

  @Override
  public void gap(Gap gap) {
    gaps.add(gap);
  }

  @Override
  public void differs(Replay.Difference difference) {
    differences.add(difference);
  }

  @Override
  public void trouble(String what) {
    troubles.add(what);
  }
}
