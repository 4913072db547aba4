package org.sessionledger.projections.runs;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.RefusedCommand;

/** What runs reported and was refused, joined from the decision log. */
final class RefusedReports {

  private static final int LINES = 200;

  private final LedgerReader reader;

  RefusedReports(LedgerReader reader) {
    this.reader = reader;
  }

  /**
   * The refusals of each attempt, in the order in which they were decided.
   *
   * @param attempts all attempts of the runs in question, oldest first
   */
  Map<RunAttempt, List<RefusedCommand>> of(SessionKey key, List<RunsTable.Begun> attempts) {
    Map<RunAttempt, List<RefusedCommand>> reports = new HashMap<>();
    Map<String, List<RunsTable.Begun>> byRun = new LinkedHashMap<>();
    for (RunsTable.Begun begun : attempts) {
      byRun
          .computeIfAbsent(begun.run().runId().value(), run -> new java.util.ArrayList<>())
          .add(begun);
    }
    if (byRun.isEmpty()) {
      return reports;
    }
    List<LoggedDecision> lines;
    long seq = 0;
    do {
      lines = reader.refusalsOf(key, seq, LINES);
      for (LoggedDecision line : lines) {
        seq = line.seq();
        List<RunsTable.Begun> begun = line.runId() == null ? null : byRun.get(line.runId());
        if (begun != null) {
          reports
              .computeIfAbsent(attempt(line, begun), run -> new java.util.ArrayList<>())
              .add(RefusedCommand.of(line));
        }
      }
    } while (lines.size() == LINES);
    return reports;
  }

  /** The attempt that a report names; without one, the last that had begun when it was decided. */
  private static RunAttempt attempt(LoggedDecision line, List<RunsTable.Begun> begun) {
    RunsTable.Begun meant = begun.get(0);
    for (RunsTable.Begun each : begun) {
      if (line.attempt() != null && line.attempt() == each.run().attempt()) {
        return each.run();
      }
      if (each.startedVersion() <= line.afterVersion()) {
        meant = each;
      }
    }
    return meant.run();
  }
}
