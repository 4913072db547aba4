package org.sessionledger.core.conformance;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Verdict;

/**
 * The ledger as a runtime: its store shows the session as the newest event left it, and its
 * subscribers are shown what the accepted events say.
 */
final class LedgerRuntime implements RuntimeAdapter {

  private static final int EVENTS_A_READ = 1_000;

  private final Path folder;
  private volatile Ledger ledger;
  private final Map<String, Long> shown = new ConcurrentHashMap<>();

  LedgerRuntime(Path folder) {
    this.folder = folder;
    this.ledger = Ledger.open(folder);
  }

  @Override
  public String open(String sessionKey) {
    Decision decision =
        ledger.decide(
            new SessionCommand.OpenSession(new SessionKey(sessionKey), null, null, null),
            Provenance.NONE);
    return standing(decision).generation().sessionId().value();
  }

  @Override
  public Answer start(Report start) {
    return deliver(
        start,
        new SessionCommand.StartRun(key(start), signed(start), null, run(start), null, null, null));
  }

  @Override
  public Answer report(Report report) {
    return deliver(report, command(report));
  }

  private static SessionCommand command(Report report) {
    SessionKey key = key(report);
    SessionId signed = signed(report);
    RunId run = run(report);
    return switch (report.kind()) {
      case START -> throw new IllegalArgumentException("a start is no report");
      case PROGRESS -> new SessionCommand.ReportProgress(key, signed, null, run, null, null, null);
      case COMPLETE -> new SessionCommand.CompleteRun(key, signed, null, run, null);
      case FAIL ->
          new SessionCommand.FailRun(key, signed, null, run, null, null, report.error(), null);
      case ABORT -> new SessionCommand.AbortRun(key, signed, null, run, null);
    };
  }

  private static SessionKey key(Report report) {
    return new SessionKey(report.sessionKey());
  }

  private static @Nullable SessionId signed(Report report) {
    return report.sessionId() == null ? null : new SessionId(report.sessionId());
  }

  private static RunId run(Report report) {
    return new RunId(report.runId());
  }

  private Answer deliver(Report report, SessionCommand command) {
    Instant claimed = report.occurredAt();
    Provenance provenance = new Provenance(Source.UNKNOWN, null, null, claimed, null);
    return answer(
        ledger.submit(Arrival.of(new CommandId(report.messageId()), command, provenance)).join());
  }

  /** What was so already counts as taken; it is the old answer, and tells nothing new. */
  private static Answer answer(Decision decision) {
    return decision.verdict() == Verdict.DUPLICATE
        ? Answer.taken(null)
        : new Answer(
            decision.verdict() == Verdict.ACCEPTED,
            standing(decision).generation().sessionId().value());
  }

  private static Standing standing(Decision decision) {
    Standing standing = decision.session();
    if (standing == null) {
      throw new IllegalStateException("no session: " + decision);
    }
    return standing;
  }

  @Override
  public Answer reset(String sessionKey, @Nullable String expected, boolean inPlace) {
    SessionKey key = new SessionKey(sessionKey);
    return answer(
        ledger.decide(
            new SessionCommand.ResetSession(
                key,
                expected == null ? null : new SessionId(expected),
                null,
                inPlace ? session(sessionKey).sessionId() : null),
            Provenance.NONE));
  }

  @Override
  public Answer compact(String sessionKey, String sessionId, Set<String> carriedRuns) {
    return answer(
        ledger.decide(
            new SessionCommand.CompactSession(
                new SessionKey(sessionKey),
                new SessionId(sessionId),
                null,
                null,
                CompactionTrigger.PREFLIGHT,
                null,
                carriedRuns.stream().map(RunId::new).toList(),
                null,
                null),
            Provenance.NONE));
  }

  @Override
  public Snapshot snapshot(String sessionKey) {
    return shown(session(sessionKey));
  }

  private SessionStatus session(String sessionKey) {
    return ledger.reader().session(new SessionKey(sessionKey)).orElseThrow();
  }

  private static Snapshot shown(SessionStatus session) {
    SessionStatus.LastRun ended = session.lastEndedRun();
    return new Snapshot(
        session.sessionId().value(),
        Snapshot.Status.valueOf(session.status().name()),
        session.status() == Status.FAILED && ended != null ? ended.errorMessage() : null,
        session.activeRuns());
  }

  @Override
  public List<Snapshot> broadcasts(String sessionKey) {
    List<Snapshot> news = new ArrayList<>();
    long version = shown.getOrDefault(sessionKey, 0L);
    List<RecordedEvent> events;
    do {
      events = ledger.reader().eventsOf(new SessionKey(sessionKey), version, EVENTS_A_READ);
      for (RecordedEvent event : events) {
        news.add(shown(event.session()));
        version = event.version();
      }
    } while (events.size() == EVENTS_A_READ);
    shown.put(sessionKey, version);
    return news;
  }

  @Override
  public void restart() {
    ledger.close();
    ledger = Ledger.open(folder);
  }

  @Override
  public void close() {
    ledger.close();
  }
}
