package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.KEY;
import static org.sessionledger.core.session.Past.OTHER_KEY;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.generation;
import static org.sessionledger.core.session.Past.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/** Every command and every event, once with all that it can say and once with as little. */
final class Samples {

  private static final SessionId S1 = FIRST.sessionId();
  private static final SessionId NEW = new SessionId("s-2");
  private static final RunId RUN = new RunId("r-1");
  private static final CompactionId COMPACTION = new CompactionId("c-1");

  private static final Instant FROM = Instant.parse("2026-05-31T08:00:00Z");
  private static final Instant TO = Instant.parse("2026-05-31T08:59:59.250Z");

  private Samples() {}

  static Stream<SessionCommand> commands() {
    return Stream.of(
        new SessionCommand.OpenSession(KEY, S1, RunPolicy.SINGLE, Map.of("team", "blue")),
        new SessionCommand.OpenSession(KEY, null, null, null),
        new SessionCommand.StartRun(KEY, S1, 1L, RUN, 2L, new RunId("r-0"), true),
        new SessionCommand.StartRun(KEY, null, null, RUN, null, null, null),
        new SessionCommand.ReportProgress(KEY, S1, 1L, RUN, 2L, "half way", 512L),
        new SessionCommand.ReportProgress(KEY, null, null, RUN, null, null, null),
        new SessionCommand.CompleteRun(KEY, S1, 1L, RUN, 2L),
        new SessionCommand.CompleteRun(KEY, null, null, RUN, null),
        new SessionCommand.FailRun(KEY, S1, 1L, RUN, 2L, "timeout", "slow", 70_000L),
        new SessionCommand.FailRun(KEY, null, null, RUN, null, null, null, null),
        new SessionCommand.AbortRun(KEY, S1, 1L, RUN, 2L),
        new SessionCommand.AbortRun(KEY, null, null, RUN, null),
        new SessionCommand.InterruptRuns(KEY, "gw-1", null, null, null),
        new SessionCommand.InterruptRuns(null, "gw-1", null, null, null),
        new SessionCommand.InterruptRuns(KEY, null, RUN, 2L, 7L),
        new SessionCommand.ReportGap(KEY, FROM, TO),
        new SessionCommand.ResetSession(KEY, S1, 1L, NEW),
        new SessionCommand.ResetSession(KEY, null, null, null),
        new SessionCommand.BeginCompaction(KEY, S1, 1L, COMPACTION),
        new SessionCommand.BeginCompaction(KEY, null, null, COMPACTION),
        new SessionCommand.AbandonCompaction(KEY, S1, 1L, COMPACTION),
        new SessionCommand.AbandonCompaction(KEY, null, null, COMPACTION),
        new SessionCommand.CompactSession(
            KEY,
            S1,
            1L,
            COMPACTION,
            CompactionTrigger.PREFLIGHT,
            NEW,
            List.of(RUN, new RunId("r-2")),
            200_000L,
            9_000L),
        new SessionCommand.CompactSession(KEY, null, null, null, null, null, null, null, null),
        new SessionCommand.RestoreSession(KEY, 1, S1, 2L, NEW),
        new SessionCommand.RestoreSession(KEY, 1, null, null, null),
        new SessionCommand.ForkSession(KEY, OTHER_KEY, 1L, NEW),
        new SessionCommand.ForkSession(KEY, OTHER_KEY, null, null),
        new SessionCommand.MigrateSession(KEY, OTHER_KEY, S1, 1L, NEW),
        new SessionCommand.MigrateSession(KEY, OTHER_KEY, null, null, null),
        new SessionCommand.CloseSession(KEY, S1, 1L),
        new SessionCommand.CloseSession(KEY, null, null),
        new SessionCommand.ReopenSession(KEY, S1, 1L, NEW),
        new SessionCommand.ReopenSession(KEY, null, null, null));
  }

  static Stream<SessionEvent> events() {
    return Stream.of(
        new SessionEvent.SessionOpened(
            KEY,
            FIRST,
            RunPolicy.SINGLE,
            Map.of("team", "blue"),
            new SessionEvent.Origin(
                SessionEvent.Origin.Kind.FORK, OTHER_KEY, generation(4, "o-4"))),
        new SessionEvent.SessionOpened(
            KEY,
            FIRST,
            RunPolicy.CONCURRENT,
            Map.of(),
            new SessionEvent.Origin(SessionEvent.Origin.Kind.MIGRATION, OTHER_KEY, FIRST)),
        new SessionEvent.SessionOpened(KEY, FIRST, RunPolicy.CONCURRENT, Map.of(), null),
        new SessionEvent.RunStarted(KEY, FIRST, RUN, 2, "gw-1", new RunId("r-0"), true, true),
        new SessionEvent.RunStarted(KEY, FIRST, RUN, 1, null, null, false, false),
        new SessionEvent.RunProgressed(KEY, FIRST, RUN, 1, "half way", 512L),
        new SessionEvent.RunProgressed(KEY, FIRST, RUN, 1, null, null),
        new SessionEvent.RunCompleted(KEY, FIRST, RUN, 1, true),
        new SessionEvent.RunFailed(KEY, FIRST, RUN, 1, "timeout", "slow", 70_000L, true),
        new SessionEvent.RunFailed(KEY, FIRST, RUN, 1, null, null, null, false),
        new SessionEvent.RunAborted(KEY, FIRST, RUN, 1, false),
        new SessionEvent.RunInterrupted(KEY, FIRST, RUN, 1, "gw-1"),
        new SessionEvent.RunInterrupted(KEY, FIRST, RUN, 1, null),
        new SessionEvent.GapReported(KEY, FIRST, FROM, TO),
        new SessionEvent.SessionReset(KEY, SECOND, FIRST, List.of(run("r-1"), run("r-2", 3))),
        new SessionEvent.CompactionBegun(KEY, FIRST, COMPACTION, 1),
        new SessionEvent.CompactionAbandoned(KEY, FIRST, COMPACTION, 1),
        new SessionEvent.SessionCompacted(
            KEY,
            SECOND,
            FIRST,
            COMPACTION,
            CompactionTrigger.AUTO,
            List.of(run("r-1")),
            List.of(run("r-2", 3)),
            200_000L,
            9_000L),
        new SessionEvent.SessionCompacted(
            KEY, SECOND, FIRST, null, null, List.of(), List.of(), null, null),
        new SessionEvent.SessionRestored(KEY, SECOND, FIRST, FIRST, List.of(run("r-1"))),
        new SessionEvent.SessionForked(KEY, SECOND, FIRST, OTHER_KEY, generation(1, "f-1")),
        new SessionEvent.SessionMigrated(
            KEY, FIRST, FIRST, OTHER_KEY, generation(1, "m-1"), List.of(run("r-1"))),
        new SessionEvent.SessionClosed(KEY, FIRST, FIRST, List.of(run("r-1"))),
        new SessionEvent.SessionReopened(KEY, SECOND, FIRST));
  }
}
