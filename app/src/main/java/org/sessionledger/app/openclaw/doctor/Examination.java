package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.CommandIds;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.app.openclaw.Row;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.app.openclaw.ShownSession.Recorded;
import org.sessionledger.app.openclaw.doctor.Finding.Kind;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.Verdict;

/** One session that disagrees: of what kind, and on what evidence. By identity, never by clock. */
final class Examination {

  /** Pieces of evidence of one sort. */
  private static final int EACH_MAX = 3;

  /** Why a report of an ended life is refused. */
  private static final Set<String> OF_BEFORE =
      Set.of("run-superseded", "stale-generation", "session-closed", "session-migrated");

  private final LedgerSide ledger;
  private final ApiDecider decider;
  private final Remedies remedies;

  Examination(LedgerSide ledger, LedgerApi api, Remedies remedies) {
    this.ledger = ledger;
    this.decider = new ApiDecider(api);
    this.remedies = remedies;
  }

  Finding finding(ShownSession shown, LedgerSide.Now now, Difference difference) {
    List<Evidence> evidence = new ArrayList<>();
    Kind kind = kind(shown, now, evidence);
    Row row = shown.row();
    SessionId id = row.sessionId();
    return new Finding(
        kind,
        shown.key().value(),
        new Finding.Shown(
            id == null ? null : id.value(),
            row.status(),
            row.hasActiveRun(),
            shown.runs().stream().map(RunId::value).toList(),
            row.lastRunId() == null ? null : row.lastRunId().value(),
            shown.where()),
        new Finding.Held(
            now.held().sessionId(),
            now.held().generation(),
            now.held().status(),
            now.held().activeRuns(),
            now.version()),
        evidence,
        remedies.of(kind, shown, now, evidence),
        difference);
  }

  private Kind kind(ShownSession shown, LedgerSide.Now now, List<Evidence> evidence) {
    SessionId id = shown.row().sessionId();
    LedgerSide.Ended ended =
        id == null || (id.value().equals(now.held().sessionId()) && !now.isOver())
            ? null
            : ledger.ended(shown.key(), id.value());
    if (ended != null) {
      evidence.add(ended(ended.generation()));
      refused(shown, now, evidence);
      if (now.isOver()) {
        return Kind.CLOSED_STILL_THERE;
      }
      return ended.onlyCompacted() ? Kind.COMPACTION_NOT_REACHED : Kind.RESET_NOT_REACHED;
    }
    if (now.isOver() || differs(id, now)) {
      return Kind.UNKNOWN_SESSION_ID;
    }
    boolean ofBefore = refused(shown, now, evidence);
    ofBefore |= recorded(shown, evidence);
    ofBefore |= named(shown, evidence);
    Row row = shown.row();
    boolean runs = Boolean.TRUE.equals(row.hasActiveRun()) || "running".equals(row.status());
    if (now.held().activeRuns() == 0 && runs) {
      last(now, evidence);
      return Kind.RUNNING_NOTHING_RUNS;
    }
    if (now.held().activeRuns() > 0) {
      ledger
          .runs(shown.key(), run -> run.path("status").asText().equals("running"), EACH_MAX)
          .forEach(run -> evidence.add(run(run)));
      return Kind.OPEN_NOT_RUNNING;
    }
    if (!ofBefore) {
      last(now, evidence);
    }
    return ofBefore ? Kind.RESET_NOT_REACHED : Kind.STATUS_DIFFERS;
  }

  /** Not by an id that the ledger had to invent: it has no other for that life. */
  private static boolean differs(@Nullable SessionId id, LedgerSide.Now now) {
    return id != null
        && !id.value().equals(now.held().sessionId())
        && !CommandIds.isInferred(new SessionId(now.held().sessionId()));
  }

  /**
   * What was refused in this life of the session.
   *
   * @return whether a report of an ended life is among it that says what the row shows
   */
  private boolean refused(ShownSession shown, LedgerSide.Now now, List<Evidence> evidence) {
    List<Evidence> others = new ArrayList<>();
    List<Evidence> ofBefore = new ArrayList<>();
    for (JsonNode refusal : ledger.refusals(shown.key())) {
      if (refusal.path("current").path("generation").asLong() != now.held().generation()) {
        continue;
      }
      String type = refusal.path("commandType").asText();
      boolean says = says(type, shown.row());
      if (says && OF_BEFORE.contains(refusal.path("reason").asText())) {
        ofBefore.add(refused(refusal));
      } else if (says) {
        others.add(refused(refusal));
      }
    }
    List<Evidence> first = ofBefore.isEmpty() ? others : ofBefore;
    evidence.addAll(first.subList(0, Math.min(EACH_MAX, first.size())));
    return !ofBefore.isEmpty();
  }

  /** Whether a row shows what such a report says. */
  private static boolean says(String commandType, Row row) {
    String status = row.status() == null ? "" : row.status();
    return switch (commandType) {
      case "FailRun" -> status.equals("failed");
      case "CompleteRun" -> status.equals("done");
      case "AbortRun" -> status.equals("killed") || status.equals("timeout");
      case "StartRun" -> status.equals("running") || Boolean.TRUE.equals(row.hasActiveRun());
      default -> false;
    };
  }

  /**
   * What the store recorded and the ledger would not take: asked, and not said.
   *
   * @return whether the row itself is such a change
   */
  private boolean recorded(ShownSession shown, List<Evidence> evidence) {
    List<Recorded> some = shown.recorded().stream().limit(100).toList();
    if (some.isEmpty()) {
      return false;
    }
    boolean ofRow = false;
    int told = 0;
    List<Ruling> rulings = decider.decide(some.stream().map(Recorded::question).toList());
    for (int i = 0; i < some.size(); i++) {
      Ruling ruling = rulings.get(i);
      Recorded change = some.get(i);
      if (ruling.verdict() != Verdict.REJECTED) {
        continue;
      }
      ofRow |=
          change.where().equals(shown.where())
              && OF_BEFORE.contains(String.valueOf(ruling.reason()));
      if (told++ < EACH_MAX) {
        evidence.add(
            new Evidence.RecordedChange(
                change.where(), change.what(), String.valueOf(ruling.reason())));
      }
    }
    return ofRow;
  }

  /**
   * The runs that the row names, as the ledger has them.
   *
   * @return whether one is of a life that has ended, and that no compaction went on with
   */
  private boolean named(ShownSession shown, List<Evidence> evidence) {
    Set<RunId> names = new HashSet<>(shown.runs());
    RunId last = shown.row().lastRunId();
    if (last != null) {
      names.add(last);
    }
    boolean ofBefore = false;
    if (!names.isEmpty()) {
      for (JsonNode run :
          ledger.runs(
              shown.key(), r -> names.contains(new RunId(r.path("runId").asText())), EACH_MAX)) {
        evidence.add(run(run));
        LedgerSide.Ended ended = ledger.ended(shown.key(), run.path("generation").asLong());
        ofBefore |= ended != null && !ended.onlyCompacted();
      }
    }
    return ofBefore;
  }

  private static void last(LedgerSide.Now now, List<Evidence> evidence) {
    JsonNode run = now.lastRun();
    if (run != null) {
      evidence.add(
          new Evidence.LedgerRun(
              run.path("runId").asText(),
              run.path("attempt").asLong(),
              now.held().generation(),
              run.path("status").asText()));
    }
  }

  private static Evidence run(JsonNode run) {
    return new Evidence.LedgerRun(
        run.path("runId").asText(),
        run.path("attempt").asLong(),
        run.path("generation").asLong(),
        run.path("status").asText());
  }

  private static Evidence ended(JsonNode generation) {
    return new Evidence.EndedGeneration(
        generation.path("generation").asLong(),
        generation.path("sessionId").asText(),
        cause(generation.path("endedBy")));
  }

  private static Evidence refused(JsonNode refusal) {
    JsonNode presented = refusal.path("presented");
    return new Evidence.RefusedReport(
        refusal.path("decisionId").asText(),
        refusal.path("reason").asText(),
        refusal.path("commandType").asText(),
        text(presented, "runId"),
        number(presented, "attempt"),
        number(refusal.path("ended"), "generation"),
        refusal.path("afterVersion").asLong(),
        refusal.path("count").asLong(1),
        cause(refusal.path("supersededBy")),
        refusal.path("detail").asText());
  }

  private static Evidence.@Nullable Cause cause(JsonNode cause) {
    return cause.isObject()
        ? new Evidence.Cause(
            cause.path("type").asText(),
            cause.path("version").asLong(),
            text(cause, "actor"),
            text(cause, "reason"))
        : null;
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private static @Nullable Long number(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asLong() : null;
  }
}
