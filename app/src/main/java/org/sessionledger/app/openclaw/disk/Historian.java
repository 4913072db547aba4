package org.sessionledger.app.openclaw.disk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.CommandIds;
import org.sessionledger.app.openclaw.disk.Life.Boundary;
import org.sessionledger.app.openclaw.disk.Life.Turn;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * Puts what was read of one session in order. Files carry no order of their own: links between them
 * count first, then the clock of the one machine that wrote them all.
 */
final class Historian {

  /** How far a row's stamp of a run may be from the run's own. */
  private static final long STAMP_SLACK_MILLIS = 2_000;

  private final Store store;
  private final Findings findings;

  Historian(Store store, Findings findings) {
    this.store = store;
    this.findings = findings;
  }

  /** The history; null when nothing shows a session id. */
  @Nullable History history(Store.Session session) {
    List<SessionId> ids = order(session);
    if (ids.isEmpty()) {
      return null;
    }
    Building building = new Building(session);
    building.stages(ids);
    building.runs();
    building.row();
    Life first = store.lives.get(ids.get(0));
    Row row = session.row;
    return new History(
        session.key,
        row,
        building.stages,
        building.inOrder(),
        building.claims,
        building.closed(ids.get(ids.size() - 1)),
        row == null ? null : row.forkKey(),
        row == null ? null : forkId(row, first));
  }

  /** The id that a fork goes on from is told by the row, or by the file that was copied. */
  private @Nullable SessionId forkId(Row row, @Nullable Life first) {
    if (row.forkId() != null) {
      return row.forkId();
    }
    String parent = first == null ? null : first.parentFile;
    SessionKey key = row.forkKey();
    Store.Session source = key == null ? null : store.sessions.get(key);
    if (parent == null || source == null) {
      return null;
    }
    String file = parent.substring(Math.max(parent.lastIndexOf('/'), parent.lastIndexOf('\\')) + 1);
    Set<SessionId> ids = new LinkedHashSet<>(source.ids);
    if (source.row != null) {
      ids.add(source.row.sessionId());
    }
    for (SessionId id : ids) {
      if (file.equals(id.value() + ".jsonl") || file.endsWith("_" + id.value() + ".jsonl")) {
        return id;
      }
    }
    return null;
  }

  private List<SessionId> order(Store.Session session) {
    Row row = session.row;
    Set<SessionId> all = new LinkedHashSet<>();
    if (row != null) {
      all.addAll(row.family());
      for (Row.Checkpoint checkpoint : row.checkpoints()) {
        all.add(checkpoint.before());
        all.add(checkpoint.after());
      }
    }
    all.addAll(session.ids);
    SessionId current = row == null ? null : row.sessionId();
    if (current != null) {
      all.add(current);
    }
    Map<SessionId, Long> began = new HashMap<>();
    for (RunEvent event : session.runs) {
      if (event.ts() != null) {
        began.merge(event.sessionId(), event.ts(), Math::min);
      }
    }
    for (SessionId id : all) {
      Life life = store.lives.get(id);
      if (life != null && life.beganAt != null) {
        began.put(id, life.beganAt);
      }
    }
    List<SessionId> ids = new ArrayList<>(all);
    // What has no time is of before: the store has forgotten all of it but the name.
    ids.sort(Comparator.comparing(id -> began.getOrDefault(id, Long.MIN_VALUE)));
    follow(ids, row);
    if (current != null) {
      ids.remove(current);
      ids.add(current);
    }
    return ids;
  }

  /** Links between ids win over the clock. */
  private void follow(List<SessionId> ids, @Nullable Row row) {
    for (SessionId id : List.copyOf(ids)) {
      Life life = store.lives.get(id);
      if (life != null && life.previous != null) {
        before(ids, life.previous, id);
      }
    }
    if (row != null) {
      row.checkpoints().forEach(c -> before(ids, c.before(), c.after()));
    }
  }

  private static void before(List<SessionId> ids, SessionId first, SessionId second) {
    int from = ids.indexOf(first);
    int to = ids.indexOf(second);
    if (from > to && to >= 0) {
      ids.add(to, ids.remove(from));
    }
  }

  /** One history on its way. */
  private final class Building {

    private final Store.Session session;
    private final List<Stage> stages = new ArrayList<>(2);
    private final List<Step> steps = new ArrayList<>(4);
    private final List<Claim> claims = new ArrayList<>(0);
    private final Map<RunId, Track> tracks = new HashMap<>();

    Building(Store.Session session) {
      this.session = session;
    }

    void stages(List<SessionId> ids) {
      SessionId before = null;
      for (SessionId id : ids) {
        Life life = store.lives.get(id);
        stages.add(before == null ? first(id, life) : next(before, id, life));
        List<Boundary> turns = life == null ? List.of() : life.inPlace;
        for (Boundary turn : turns) {
          stages.add(stage(id, turn, turn.what(), turn.at()));
        }
        if (life != null && !life.ends.isEmpty() && isCameBack(id, life.ends.get(0))) {
          Boundary end = life.ends.get(0);
          stages.add(stage(id, end, end.what() + ", and undone", end.at()));
          findings.torn(
              end.where(),
              "session id " + id.value() + " had ended, and is the current one of " + session.key);
        }
        if (life != null) {
          for (Boundary again :
              life.ends.subList(Math.min(1, life.ends.size()), life.ends.size())) {
            findings.torn(again.where(), "session id " + id.value() + " had ended before");
          }
        }
        before = id;
      }
    }

    /** 2026.5.28 writes the row of before a reset again when a run was being prepared meanwhile. */
    private boolean isCameBack(SessionId id, Boundary end) {
      Row row = session.row;
      return end.turn() == Turn.RESET && row != null && row.sessionId().equals(id);
    }

    private Stage first(SessionId id, @Nullable Life life) {
      Where where = life == null || life.beganWhere == null ? shownBy(id) : life.beganWhere;
      return new Stage(
          id, null, life == null ? null : life.beganAt, "first seen", null, null, null, where);
    }

    private Where shownBy(SessionId id) {
      for (RunEvent event : session.runs) {
        if (event.sessionId().equals(id)) {
          return event.where();
        }
      }
      Row row = session.row;
      return row == null ? Where.of("store") : row.where();
    }

    private Stage next(SessionId before, SessionId id, @Nullable Life life) {
      Long began = life == null ? null : life.beganAt;
      Where where = life == null || life.beganWhere == null ? shownBy(id) : life.beganWhere;
      Row row = session.row;
      if (row != null) {
        for (Row.Checkpoint c : row.checkpoints()) {
          if (c.before().equals(before) && c.after().equals(id)) {
            dropCompactionOf(before);
            return new Stage(
                id,
                Turn.COMPACTION,
                c.at() == null ? began : c.at(),
                "compacted to another session id",
                c.tokensBefore(),
                c.tokensAfter(),
                c.trigger(),
                row.where());
          }
        }
      }
      if (life != null && life.reason != null && before.equals(life.previous)) {
        return window(before, id, life, where);
      }
      Life ended = store.lives.get(before);
      if (ended != null && !ended.ends.isEmpty()) {
        Boundary end = ended.ends.get(0);
        return stage(id, end, end.what(), end.at());
      }
      boolean family = row != null && row.family().contains(before);
      return new Stage(
          id,
          Turn.RESET,
          began,
          family
              ? "rolled over, by usageFamilySessionIds"
              : "inferred from another session id: nothing tells what ended the one before",
          null,
          null,
          null,
          family && row != null ? row.where() : where);
    }

    private Stage window(SessionId before, SessionId id, Life life, Where where) {
      String reason = String.valueOf(life.reason);
      Turn turn =
          switch (reason) {
            case "compaction" -> Turn.COMPACTION;
            case "rewind" -> Turn.RESTORE;
            default -> Turn.RESET;
          };
      if (turn == Turn.COMPACTION) {
        dropCompactionOf(before);
      }
      return new Stage(
          id, turn, life.beganAt, "window of reason " + reason, null, null, null, where);
    }

    /** A compaction to another id is in the transcript before, too: it is one. */
    private void dropCompactionOf(SessionId before) {
      Stage last = stages.get(stages.size() - 1);
      boolean idle =
          session.runs.stream()
              .noneMatch(
                  r ->
                      r.kind() == RunEvent.Kind.START
                          && r.sessionId().equals(before)
                          && r.ts() != null
                          && last.at() != null
                          && r.ts() > last.at());
      if (stages.size() > 1 && last.carries() && last.id().equals(before) && idle) {
        Stage earlier = stages.get(stages.size() - 2);
        if (earlier.id().equals(before)) {
          stages.remove(stages.size() - 1);
        }
      }
    }

    private Stage stage(SessionId id, Boundary turn, String why, @Nullable Long at) {
      return new Stage(
          id,
          turn.turn(),
          at,
          why,
          turn.tokensBefore(),
          turn.tokensAfter(),
          turn.trigger(),
          turn.where());
    }

    void runs() {
      for (RunEvent event : byTime(session.runs)) {
        switch (event.kind()) {
          case START -> start(event);
          case SIGN -> {
            if (!tracks.containsKey(event.runId())) {
              infer(event);
            }
          }
          case END -> end(event);
        }
      }
    }

    private void start(RunEvent event) {
      int stage = stageOf(event.sessionId(), event.ts());
      Track track = tracks.computeIfAbsent(event.runId(), Track::new);
      track.begin(stage, event.ts());
      steps.add(
          new Step(
              stage,
              Step.Kind.START,
              event.runId(),
              track.attempt,
              null,
              null,
              false,
              false,
              event.ts(),
              "started",
              event.where()));
    }

    private Track infer(RunEvent event) {
      Track track = tracks.computeIfAbsent(event.runId(), Track::new);
      int stage = stageOf(event.sessionId(), event.ts());
      track.begin(stage, event.ts());
      steps.add(
          new Step(
              stage,
              Step.Kind.START,
              event.runId(),
              track.attempt,
              null,
              null,
              true,
              false,
              null,
              event.kind() == RunEvent.Kind.END
                  ? "inferred from the run's end"
                  : "inferred from the run's records",
              event.where()));
      return track;
    }

    private void end(RunEvent event) {
      Outcome outcome = event.outcome();
      if (outcome == null) {
        findings.unreadable(event.where(), "a run ends in a way that is not known: left open");
        return;
      }
      Track track = tracks.get(event.runId());
      if (track == null) {
        track = infer(event);
      }
      int stage = stageOfEnd(track.stage, event.ts());
      boolean over = track.outcome != null;
      if (over || carriedTo(track.stage) < stage) {
        if (!over || track.outcome != outcome) {
          claims.add(
              new Claim(
                  event.runId(),
                  track.attempt,
                  null,
                  outcome,
                  event.ts(),
                  over ? "another end of an ended run" : "the end of a run of an ended life",
                  event.where()));
        }
        return;
      }
      track.outcome = outcome;
      steps.add(
          new Step(
              stage,
              Step.Kind.END,
              event.runId(),
              track.attempt,
              outcome,
              event.error(),
              false,
              false,
              event.ts(),
              "ended",
              event.where()));
    }

    /** The stage with this id that had begun by then; the first one when nothing tells. */
    private int stageOf(SessionId id, @Nullable Long ts) {
      int found = -1;
      for (int i = 0; i < stages.size(); i++) {
        Stage stage = stages.get(i);
        if (stage.id().equals(id)
            && (found < 0 || (ts != null && stage.at() != null && stage.at() <= ts))) {
          found = i;
        }
      }
      return Math.max(found, 0);
    }

    private int stageOfEnd(int from, @Nullable Long ts) {
      int stage = from;
      for (int i = from + 1; i < stages.size(); i++) {
        Long at = stages.get(i).at();
        if (ts != null && at != null && at <= ts) {
          stage = i;
        }
      }
      return stage;
    }

    /** The last stage into which what is open in this one is carried. */
    private int carriedTo(int stage) {
      int last = stage;
      while (last + 1 < stages.size() && stages.get(last + 1).carries()) {
        last++;
      }
      return last;
    }

    /** What the row shows, and no record of a run does. */
    void row() {
      Row row = session.row;
      int last = stages.size() - 1;
      if (row == null || row.status() == null || !row.sessionId().equals(stages.get(last).id())) {
        return;
      }
      Outcome outcome = Outcome.ofRow(row.status());
      if (outcome == null) {
        RunId named = row.runId();
        if (row.status().equals("running") && named != null && !tracks.containsKey(named)) {
          inferFromRow(row, last, named, false);
        }
        return;
      }
      if (isOfBefore(row, last)) {
        claim(row, last, outcome);
        return;
      }
      Track ended = row.runId() == null ? null : tracks.get(row.runId());
      if (ended != null) {
        if (ended.outcome == null && carriedTo(ended.stage) >= last) {
          endByRow(row, last, ended, outcome, false);
        }
        loseBefore(row, last, ended);
        return;
      }
      Track open = lastOf(last, true, row);
      if (open != null) {
        endByRow(row, last, open, outcome, false);
      } else if (lastOf(last, false, row) == null) {
        RunId named = row.runId();
        boolean unnamed = named == null || tracks.containsKey(named);
        RunId id =
            named == null || unnamed
                ? new RunId(
                    CommandIds.inferred(session.key, row.sessionId(), row.startedAt()).value())
                : named;
        endByRow(row, last, inferFromRow(row, last, id, unnamed), outcome, unnamed);
      }
    }

    /** A session's runs come one after the other: what began before a run that ended is over. */
    private void loseBefore(Row row, int last, Track ended) {
      for (Track track : tracks.values()) {
        if (track.outcome == null && carriedTo(track.stage) >= last && after(ended, track)) {
          steps.add(
              new Step(
                  last,
                  Step.Kind.END,
                  track.id,
                  track.attempt,
                  null,
                  null,
                  false,
                  false,
                  ended.startedAt,
                  "presumed lost: a later run ended, this one said nothing",
                  row.where()));
        }
      }
    }

    private Track inferFromRow(Row row, int stage, RunId id, boolean unnamed) {
      Track track = tracks.computeIfAbsent(id, Track::new);
      track.begin(stage, row.startedAt());
      steps.add(
          new Step(
              stage,
              Step.Kind.START,
              id,
              track.attempt,
              null,
              null,
              true,
              unnamed,
              row.startedAt(),
              "inferred from the row's " + row.status(),
              row.where()));
      return track;
    }

    private void endByRow(Row row, int stage, Track track, Outcome outcome, boolean unnamed) {
      // After a restart the gateway marks what it finds running as failed.
      boolean lost = outcome == Outcome.FAILED && row.abortedLastRun();
      track.outcome = outcome;
      steps.add(
          new Step(
              stage,
              Step.Kind.END,
              track.id,
              track.attempt,
              lost ? null : outcome,
              null,
              false,
              unnamed,
              row.endedAt(),
              lost
                  ? "presumed lost: the row says failed with abortedLastRun, the run said nothing"
                  : "inferred from the row's " + row.status(),
              row.where()));
    }

    /** The row's run ended, or began, before the row's session did: the store is torn. */
    private boolean isOfBefore(Row row, int last) {
      Long began = stages.get(last).at();
      if (began == null || stages.get(last).carries()) {
        return false;
      }
      Long end = row.endedAt() == null ? row.startedAt() : row.endedAt();
      Track named = row.runId() == null ? null : tracks.get(row.runId());
      if (named != null) {
        return carriedTo(named.stage) < last;
      }
      return end != null && end < began && last > 0;
    }

    private void claim(Row row, int last, Outcome outcome) {
      Long end = row.endedAt() == null ? row.startedAt() : row.endedAt();
      Track owner = row.runId() == null ? null : tracks.get(row.runId());
      for (Track track : tracks.values()) {
        boolean earlier =
            track.stage < last
                && track.startedAt != null
                && end != null
                && track.startedAt <= end + STAMP_SLACK_MILLIS;
        if (row.runId() == null && earlier && (owner == null || after(track, owner))) {
          owner = track;
        }
      }
      RunId id =
          owner == null
              ? new RunId(
                  CommandIds.inferred(session.key, row.sessionId(), row.startedAt()).value())
              : owner.id;
      claims.add(
          new Claim(
              id,
              owner == null ? null : owner.attempt,
              owner == null ? row.sessionId() : null,
              outcome,
              end,
              "the row of session id "
                  + row.sessionId().value()
                  + " says "
                  + row.status()
                  + ", of a run that ended before that session id began",
              row.where()));
    }

    private @Nullable Track lastOf(int last, boolean open, Row row) {
      Track found = null;
      for (Track track : tracks.values()) {
        boolean here = carriedTo(track.stage) >= last;
        boolean fits =
            !open
                || row.endedAt() == null
                || track.startedAt == null
                || track.startedAt <= row.endedAt() + STAMP_SLACK_MILLIS;
        if (here
            && fits
            && (!open || track.outcome == null)
            && (found == null || (track.startedAt != null && after(track, found)))) {
          found = track;
        }
      }
      return found;
    }

    private static boolean after(Track track, Track other) {
      return other.startedAt == null
          || (track.startedAt != null && track.startedAt > other.startedAt);
    }

    List<Step> inOrder() {
      steps.sort(Comparator.comparingInt(Step::stage)); // Stable: by time within a stage.
      return steps;
    }

    @Nullable Boundary closed(SessionId last) {
      Life life = store.lives.get(last);
      if (session.row != null || life == null || life.ends.isEmpty()) {
        return null;
      }
      Boundary end = life.ends.get(0);
      return end.turn() == Turn.DELETION ? end : null;
    }
  }

  /** By the recorder's clock; what has none stays behind what was recorded before it. */
  private static List<RunEvent> byTime(List<RunEvent> events) {
    record Timed(RunEvent event, long at) {}
    List<Timed> timed = new ArrayList<>(events.size());
    long last = Long.MIN_VALUE;
    for (RunEvent event : events) {
      last = event.ts() == null ? last : event.ts();
      timed.add(new Timed(event, last));
    }
    timed.sort(Comparator.comparingLong(Timed::at));
    return timed.stream().map(Timed::event).toList();
  }

  /** What is known of one run. */
  private static final class Track {

    private final RunId id;
    private int stage;
    private long attempt;
    private @Nullable Long startedAt;
    private @Nullable Outcome outcome;

    Track(RunId id) {
      this.id = id;
    }

    void begin(int newStage, @Nullable Long at) {
      stage = newStage;
      startedAt = at;
      attempt++;
      outcome = null;
    }
  }
}
