package org.sessionledger.app.openclaw.disk;

import static org.sessionledger.app.openclaw.CommandIds.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.CommandIds;
import org.sessionledger.app.openclaw.disk.Life.Turn;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionCommand.AbortRun;
import org.sessionledger.core.session.SessionCommand.CloseSession;
import org.sessionledger.core.session.SessionCommand.CompactSession;
import org.sessionledger.core.session.SessionCommand.CompleteRun;
import org.sessionledger.core.session.SessionCommand.FailRun;
import org.sessionledger.core.session.SessionCommand.ForkSession;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.SessionCommand.ReopenSession;
import org.sessionledger.core.session.SessionCommand.ResetSession;
import org.sessionledger.core.session.SessionCommand.RestoreSession;
import org.sessionledger.core.session.SessionCommand.StartRun;
import org.sessionledger.core.session.Source;

/**
 * A history as commands: all of it for a session that the ledger does not know, and what is missing
 * at its end for one that it does. What would have had to be said in a generation that has ended
 * there is counted, and not said: the ledger would refuse it, as it must.
 */
final class Planner {

  private static final Source SOURCE = new Source("openclaw-import", null, null);

  /**
   * What there is to say.
   *
   * @param orders in their order
   * @param shift what the ledger's generation number has more than the stage's, counted from 0
   * @param missed runs of ended generations that the ledger does not know
   * @param aligned false when the ledger's current session id is none that the store knows
   */
  record Plan(List<Order> orders, long shift, long missed, boolean aligned) {}

  private final History history;
  private final SessionKey key;
  private final List<Order> orders = new ArrayList<>();

  /** The newest attempts that the ledger has, what was planned here included. */
  private final Map<RunId, Known.Run> runs = new HashMap<>();

  private boolean resumes;
  private long shift = 1;
  private long missed;

  private Planner(History history) {
    this.history = history;
    this.key = history.key();
  }

  /** The first command of a session that is new to the ledger. */
  static Order opening(History history) {
    Stage first = history.stages().get(0);
    SessionKey key = history.key();
    return order(
        command("open", key, first.id()),
        new OpenSession(key, first.id(), null, null),
        first.at(),
        first.why(),
        first.where());
  }

  /**
   * Everything.
   *
   * @param forkedFrom the generation of the source that a fork goes on from; null when it is none,
   *     or its source is not at hand
   */
  static Plan whole(History history, @Nullable Long forkedFrom, boolean forked) {
    Planner planner = new Planner(history);
    Stage first = history.stages().get(0);
    SessionKey source = history.forkKey();
    if (forked && source != null) {
      planner.put(
          command("fork", source, history.key(), first.id()),
          new ForkSession(source, history.key(), forkedFrom, first.id()),
          first.at(),
          "forked",
          first.where());
    } else {
      planner.orders.add(opening(history));
    }
    planner.steps(0);
    for (int i = 1; i < history.stages().size(); i++) {
      planner.turn(i);
      planner.steps(i);
    }
    planner.close();
    return planner.plan(true);
  }

  /** What the ledger lacks, as far as it can still be said. */
  static Plan rest(History history, Known known, boolean closed) {
    Planner planner = new Planner(history);
    int at = stageOf(history, known);
    if (at < 0) {
      return planner.plan(false);
    }
    planner.shift = known.current().number() - at;
    for (Step step : history.steps()) {
      boolean ended = step.stage() < at || closed;
      if (ended
          && step.kind() == Step.Kind.START
          && !step.unnamed()
          && !known.runs().containsKey(step.runId())) {
        planner.missed++;
      }
    }
    if (closed) {
      return planner.plan(true);
    }
    planner.resumes = true;
    planner.runs.putAll(known.runs());
    planner.steps(at);
    for (int i = at + 1; i < history.stages().size(); i++) {
      planner.turn(i);
      planner.steps(i);
    }
    planner.close();
    return planner.plan(true);
  }

  /** The stage that the ledger's current generation is; -1 when it is none. */
  private static int stageOf(History history, Known known) {
    List<Stage> stages = history.stages();
    Known.Generation current = known.current();
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      if (stage.id().equals(current.sessionId())
          && reason(stage.why(), stage.where()).equals(current.reason())) {
        return i; // An import said it from the same record, and perhaps did not come to its end.
      }
    }
    int byRun = -1;
    for (Step step : history.steps()) {
      Known.Run run = known.runs().get(step.runId());
      if (step.kind() == Step.Kind.START && run != null && run.generation() == current.number()) {
        byRun = step.stage();
      }
    }
    List<Integer> same = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      if (stages.get(i).id().equals(current.sessionId())) {
        same.add(i);
      }
    }
    if (byRun >= 0 && (same.isEmpty() || same.contains(byRun))) {
      return same.isEmpty() && !CommandIds.isInferred(current.sessionId()) ? -1 : byRun;
    }
    if (same.isEmpty()) {
      return -1;
    }
    // Of lives that share an id, the newest: so nothing is said twice.
    return same.get(same.size() - 1);
  }

  private Plan plan(boolean aligned) {
    return new Plan(orders, shift, missed, aligned);
  }

  private long generation(int stage) {
    return stage + shift;
  }

  private void turn(int i) {
    Stage stage = history.stages().get(i);
    Stage before = history.stages().get(i - 1);
    long ended = generation(i - 1);
    Turn turn = stage.turn() == null ? Turn.RESET : stage.turn();
    SessionId id = stage.id();
    CommandId name = command("disk", turn, key, before.id(), id, ended, stage.at());
    switch (turn) {
      case RESET ->
          put(name, new ResetSession(key, null, ended, id), stage.at(), stage.why(), stage.where());
      case COMPACTION ->
          put(
              name,
              new CompactSession(
                  key,
                  null,
                  ended,
                  null,
                  trigger(stage.trigger()),
                  id,
                  null,
                  stage.tokensBefore(),
                  stage.tokensAfter()),
              stage.at(),
              stage.why(),
              stage.where());
      case RESTORE ->
          put(
              name,
              new RestoreSession(key, ended, null, ended, id),
              stage.at(),
              stage.why(),
              stage.where());
      case DELETION -> {
        put(
            command("close", key, before.id(), ended),
            new CloseSession(key, null, ended),
            stage.at(),
            "deleted",
            stage.where());
        put(
            command("reopen", key, id),
            new ReopenSession(key, null, null, id),
            null,
            "created again",
            stage.where());
      }
    }
  }

  private static @Nullable CompactionTrigger trigger(@Nullable String word) {
    if (word == null) {
      return null;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.startsWith("manual")) {
      return CompactionTrigger.MANUAL;
    }
    if (lower.startsWith("overflow")) {
      return CompactionTrigger.OVERFLOW;
    }
    return lower.startsWith("preflight") ? CompactionTrigger.PREFLIGHT : CompactionTrigger.AUTO;
  }

  private void steps(int stage) {
    boolean namedRunsKnown = false;
    for (Map.Entry<RunId, Known.Run> run : runs.entrySet()) {
      namedRunsKnown |=
          run.getValue().generation() == generation(stage) && !CommandIds.isInferred(run.getKey());
    }
    for (Step step : history.steps()) {
      if (step.stage() != stage || (step.unnamed() && namedRunsKnown)) {
        continue; // A run without a name is surely the one that the ledger has.
      }
      if (!resumes) {
        put(step, step.attempt());
        continue;
      }
      Known.Run run = runs.get(step.runId());
      if (step.kind() == Step.Kind.START) {
        if (run == null || (run.isRetried() && step.attempt() > run.attempt())) {
          put(step, step.attempt());
          runs.put(step.runId(), new Known.Run(generation(stage), step.attempt(), "running"));
        }
      } else if (run != null && isNews(step, run)) {
        put(step, run.attempt());
        String status = step.outcome() == Outcome.FAILED ? "failed" : "ended";
        runs.put(step.runId(), new Known.Run(run.generation(), run.attempt(), status));
      }
    }
  }

  /** Whether the ledger lacks this end: of the attempt that it has, or of the run's last one. */
  private boolean isNews(Step end, Known.Run run) {
    boolean takes = run.isOpen() || (run.isPresumed() && end.outcome() != null);
    return takes
        && (end.attempt() == run.attempt()
            || history.steps().stream()
                .noneMatch(s -> s.runId().equals(end.runId()) && s.attempt() > end.attempt()));
  }

  private void put(Step step, long attempt) {
    if (step.kind() == Step.Kind.START) {
      start(step);
    } else {
      SessionCommand end = end(step, attempt);
      put(id(step, end.type()), end, step.at(), "run " + step.why(), step.where());
    }
  }

  private void start(Step step) {
    Long attempt = step.attempt() == 1 ? null : Long.valueOf(step.attempt());
    put(
        id(step, "StartRun"),
        new StartRun(
            key,
            null,
            generation(step.stage()),
            step.runId(),
            attempt,
            null,
            step.inferred() ? Boolean.TRUE : null),
        step.at(),
        "run " + step.why(),
        step.where());
  }

  private SessionCommand end(Step step, Long attempt) {
    RunId runId = step.runId();
    if (step.outcome() == null) {
      return new InterruptRuns(key, null, runId, attempt, null);
    }
    return end(key, null, runId, attempt, step.outcome(), step.error());
  }

  private static SessionCommand end(
      SessionKey key,
      @Nullable SessionId sessionId,
      RunId runId,
      @Nullable Long attempt,
      Outcome outcome,
      @Nullable String error) {
    return switch (outcome) {
      case COMPLETED -> new CompleteRun(key, sessionId, null, runId, attempt);
      case FAILED -> new FailRun(key, sessionId, null, runId, attempt, null, error, null);
      case ABORTED -> new AbortRun(key, sessionId, null, runId, attempt);
    };
  }

  private CommandId id(Step step, String type) {
    Stage stage = history.stages().get(step.stage());
    return command(
        "disk",
        type,
        key,
        stage.id(),
        generation(step.stage()),
        step.runId(),
        step.attempt(),
        step.at());
  }

  private void close() {
    Life.Boundary closed = history.closed();
    if (closed != null) {
      int last = history.stages().size() - 1;
      long generation = generation(last);
      put(
          command("close", key, history.stages().get(last).id(), generation),
          new CloseSession(key, null, generation),
          closed.at(),
          closed.what(),
          closed.where());
    }
  }

  /** The change that a claim is, asked about and not meant. */
  static Order question(SessionKey key, Claim claim) {
    Order meant =
        order(
            command("disk-claim", key, claim.runId(), claim.attempt(), claim.outcome(), claim.at()),
            end(key, claim.sessionId(), claim.runId(), claim.attempt(), claim.outcome(), null),
            claim.at(),
            claim.what(),
            claim.where());
    return asked(meant);
  }

  /** Whether the ledger would open the session, and what it has instead. */
  static Arrival probe(History history) {
    Arrival open = opening(history).arrival();
    // Under a name of its own: what was opened by the real one may have been closed since.
    return new Arrival(
        command("disk-probe", history.key()), open.command(), open.provenance(), true);
  }

  /** The same, as a question: nothing is written, and nothing is counted. */
  private static Order asked(Order meant) {
    Arrival arrival = meant.arrival();
    return new Order(
        meant.where(),
        new Arrival(arrival.commandId(), arrival.command(), arrival.provenance(), true));
  }

  private void put(
      CommandId id, SessionCommand command, @Nullable Long at, String why, Where where) {
    orders.add(order(id, command, at, why, where));
  }

  private static Order order(
      CommandId id, SessionCommand command, @Nullable Long at, String why, Where where) {
    Provenance provenance =
        new Provenance(SOURCE, null, reason(why, where), Words.instant(at), null);
    return new Order(Words.whole(where.toString()), Arrival.of(id, command, provenance));
  }

  private static String reason(String why, Where where) {
    return Text.cut(why + ", " + Words.whole(where.toString()), Text.NOTE_MAX);
  }
}
