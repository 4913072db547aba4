package org.sessionledger.projections.runs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionEvent.EndsGeneration;
import org.sessionledger.core.session.SessionEvent.RunFailed;
import org.sessionledger.core.session.SessionEvent.RunProgressed;
import org.sessionledger.core.session.SessionEvent.RunStarted;
import org.sessionledger.core.session.SessionEvent.SessionCompacted;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.Projection;

/** How events move run attempts. */
final class RunsProjection implements Projection<RunKey, RunRow> {

  /** Longest error kind here, in code points; a kind is a word and not the message. */
  static final int ERROR_KIND_MAX = 4_096;

  @Override
  public List<RunKey> keys(RecordedEvent event) {
    return runs(event.event()).stream().map(run -> new RunKey(event.sessionNo(), run)).toList();
  }

  private static List<RunAttempt> runs(SessionEvent event) {
    List<RunAttempt> runs = new ArrayList<>();
    if (event instanceof SessionEvent.OfRun e) {
      runs.add(new RunAttempt(e.runId(), e.attempt()));
    }
    if (event instanceof RunStarted e && e.replacesOpenAttempt()) {
      runs.add(new RunAttempt(e.runId(), e.attempt() - 1));
    }
    if (event instanceof EndsGeneration e) {
      runs.addAll(e.supersededRuns());
    }
    if (event instanceof SessionCompacted e) {
      runs.addAll(e.carriedRuns());
    }
    return runs;
  }

  @Override
  public boolean begins(RunKey key, RecordedEvent event) {
    return event.event() instanceof RunStarted e && e.attempt() == key.run().attempt();
  }

  @Override
  public RunRow after(RunKey key, @Nullable RunRow before, RecordedEvent event) {
    if (event.event() instanceof RunStarted e && begins(key, event)) {
      return started(key, e, event);
    }
    if (before == null) {
      throw new IllegalStateException(
          event.event().type() + " of run " + key.run() + ", which this view never saw start");
    }
    return moved(key, before, event);
  }

  private static RunRow started(RunKey key, RunStarted e, RecordedEvent event) {
    Source source = event.provenance().source();
    long generation = e.generation().number();
    return new RunRow(
        key,
        event.version(),
        event.version(),
        generation,
        generation,
        Status.RUNNING,
        new RunRow.Details(
            event.recordedAt(),
            null,
            null,
            null,
            null,
            null,
            source.equals(Source.UNKNOWN) ? null : source,
            e.instance(),
            e.resumesRunId(),
            e.inferred(),
            null,
            null,
            null));
  }

  private static RunRow moved(RunKey key, RunRow before, RecordedEvent recorded) {
    SessionEvent event = recorded.event();
    long version = recorded.version();
    if (event instanceof RunProgressed e) {
      return before.now(
          version,
          before.status(),
          before.details().progressed(e.tokens(), e.note(), recorded.recordedAt()));
    }
    if (event instanceof SessionCompacted e && e.carriedRuns().contains(key.run())) {
      return before.carried(version, e.generation().number());
    }
    Cause by = Cause.of(recorded);
    if (event instanceof RunFailed e) {
      String kind = e.errorKind() == null ? null : Text.cut(e.errorKind(), ERROR_KIND_MAX);
      return before.now(
          version,
          Status.FAILED,
          before.details().ended(by, kind, e.errorMessage(), e.errorMessageLength()));
    }
    return before.now(version, end(event), before.details().ended(by));
  }

  private static Status end(SessionEvent event) {
    if (event instanceof SessionEvent.RunCompleted) {
      return Status.DONE;
    }
    if (event instanceof SessionEvent.RunAborted) {
      return Status.ABORTED;
    }
    if (event instanceof SessionEvent.RunInterrupted) {
      return Status.INTERRUPTED;
    }
    return Status.SUPERSEDED;
  }
}
