package org.sessionledger.bench;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;

/**
 * The load that everybody carries: over some sessions in turn, a run is started, reports progress,
 * and completes, again and again; a third of the commands each, at any time. Every command has a
 * random id, as a runtime would give it.
 */
final class Work {

  /** What a step asks for. */
  enum Kind {
    START,
    PROGRESS,
    COMPLETE
  }

  /**
   * One command, for whoever has no ledger.
   *
   * @param number counts the steps of this load
   */
  record Step(long number, String key, String sessionId, Kind kind, String runId, String note) {}

  private static final int KINDS = Kind.values().length;

  static final Provenance PROVENANCE = Provenance.from("gateway", "gw-1");

  private final String name;
  private final int sessions;
  private final IntUnaryOperator ahead;
  private final AtomicLong next = new AtomicLong();

  Work(String name, int sessions) {
    this(name, sessions, session -> 1 + session % KINDS);
  }

  private Work(String name, int sessions, IntUnaryOperator ahead) {
    this.name = name;
    this.sessions = sessions;
    this.ahead = ahead;
  }

  /** For those to whom a session's first run is like any other: a shorter head start. */
  static Work withoutFirsts(String name, int sessions) {
    return new Work(name, sessions, session -> session % KINDS);
  }

  /** All sessions do the same at the same time, and none has a head start. */
  static Work inStep(String name, int sessions) {
    return new Work(name, sessions, session -> 0);
  }

  int sessions() {
    return sessions;
  }

  String key(int session) {
    return "agent:main:" + name + ":" + session;
  }

  static String sessionId(int session) {
    return "s-" + session;
  }

  Step step() {
    long number = next.getAndIncrement();
    int session = (int) (number % sessions);
    return step(number, session, number / sessions + ahead.applyAsInt(session));
  }

  private Step step(long number, int session, long ofSession) {
    return new Step(
        number,
        key(session),
        sessionId(session),
        Kind.values()[(int) (ofSession % KINDS)],
        "run-" + session + "-" + ofSession / KINDS,
        "step " + number);
  }

  /**
   * What comes before all others, in order: every session is a step ahead, since the ledger notes
   * which process runs it first; some are two, and some are three, so that not all of them start a
   * run at the same time.
   */
  List<Step> headStart() {
    return IntStream.range(0, KINDS)
        .boxed()
        .flatMap(
            done ->
                IntStream.range(0, sessions)
                    .filter(session -> ahead.applyAsInt(session) > done)
                    .mapToObj(session -> step(0, session, done)))
        .toList();
  }

  /** The command that opens a session. */
  Arrival opening(int session) {
    return arrival(
        new SessionCommand.OpenSession(
            new SessionKey(key(session)), new SessionId(sessionId(session)), null, null));
  }

  List<Arrival> openings() {
    return IntStream.range(0, sessions).mapToObj(this::opening).toList();
  }

  Arrival arrival() {
    return arrival(command(step()));
  }

  static SessionCommand command(Step step) {
    SessionKey key = new SessionKey(step.key());
    SessionId sessionId = new SessionId(step.sessionId());
    RunId run = new RunId(step.runId());
    return switch (step.kind()) {
      case START -> new SessionCommand.StartRun(key, sessionId, null, run, null, null, null);
      case PROGRESS ->
          new SessionCommand.ReportProgress(
              key, sessionId, null, run, null, step.note(), step.number());
      case COMPLETE -> new SessionCommand.CompleteRun(key, sessionId, null, run, null);
    };
  }

  static Arrival arrival(SessionCommand command) {
    return Arrival.of(newId(), command, PROVENANCE);
  }

  static CommandId newId() {
    return new CommandId(UUID.randomUUID().toString());
  }
}
