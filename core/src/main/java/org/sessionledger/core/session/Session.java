package org.sessionledger.core.session;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.SequenceNumber;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateRoot;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Fence;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.History.PastCompaction;
import org.sessionledger.core.session.History.PastRun;

/**
 * One session key and the lives under it. Command handlers read top to bottom in the order of the
 * checks that the domain settles, answer with an {@link Outcome}, and apply events only when
 * everything holds. The state is small for ever: what grows with the story is asked of {@link
 * History}.
 */
@AggregateRoot
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE)
@SuppressWarnings("NullAway.Init") // Axon and Jackson fill the fields before anyone reads them
public final class Session {

  /** Metadata key of a command's {@link Provenance}. */
  public static final String PROVENANCE = "provenance";

  /** Most runs that may be open side by side. */
  public static final int OPEN_RUNS_MAX = 1_000;

  /**
   * Longest that their ids may be together, in characters of JSON: an event that ends a generation
   * lists them all. Only ids that are full of control characters get there before {@link
   * #OPEN_RUNS_MAX}.
   */
  static final int OPEN_RUNS_CHARACTERS_MAX = 900_000;

  @AggregateIdentifier private SessionKey key;
  private Generation current;
  private RunPolicy runPolicy;
  private Map<String, String> attributes;
  private OpenRuns runs = new OpenRuns();

  /** The compaction that was begun last and neither finished nor overtaken. */
  private @Nullable CompactionId begun;

  private boolean closed;

  /** Where the key moved to; the session is over under this one. */
  private @Nullable SessionKey movedTo;

  /** For Axon and for snapshots. */
  Session() {}

  /**
   * Checks a state that was read from a snapshot.
   *
   * @throws NullPointerException when a part is missing
   * @throws IllegalStateException when it is another session's
   */
  public void requireWhole(SessionKey expected) {
    Objects.requireNonNull(current, "current");
    Objects.requireNonNull(runPolicy, "runPolicy");
    Objects.requireNonNull(attributes, "attributes");
    Objects.requireNonNull(runs, "runs");
    if (!expected.equals(key)) {
      throw new IllegalStateException("the state is of session " + key + ", not of " + expected);
    }
  }

  /** The open runs, in the order in which they started. */
  List<OpenRun> openRuns() {
    return runs.inOrder();
  }

  /** The versions of the events that started the open runs of a process, in their order. */
  public List<Long> startsOf(String instance) {
    return runs.of(instance).stream().map(OpenRun::startedVersion).toList();
  }

  /** A new session; its first event. */
  Session(SessionEvent.SessionOpened opened) {
    apply(opened);
  }

  /** {@code OpenSession} for a key that exists. */
  Outcome open(SessionCommand.OpenSession c) {
    Outcome over = requireOpen();
    if (over != null) {
      return over;
    }
    return c.sessionId() == null || c.sessionId().equals(current.sessionId())
        ? Outcome.DUPLICATE
        : Refusals.alreadyOpen(key, current, c.sessionId());
  }

  // Runs

  @CommandHandler
  Outcome handle(
      SessionCommand.StartRun c,
      History history,
      @MetaDataValue(value = PROVENANCE, required = true) Provenance provenance) {
    Outcome refused = firstOf(this::requireOpen, () -> requireCurrent(c, history));
    if (refused != null) {
      return refused;
    }
    PastRun last = lastAttempt(c.runId(), history);
    String instance = provenance.source().instance();
    return last == null ? startUnknown(c, instance) : startKnown(c, last, instance, history);
  }

  private Outcome startUnknown(SessionCommand.StartRun c, @Nullable String instance) {
    if (c.claim().absent()) {
      return Refusals.unknownGeneration(c.claim(), current);
    }
    if (c.attempt() != null && c.attempt() > 1) {
      return Refusals.attemptTooHigh(c.runId(), c.attempt(), 1);
    }
    return start(c, 1, instance, false);
  }

  private Outcome startKnown(
      SessionCommand.StartRun c, PastRun last, @Nullable String instance, History history) {
    boolean isNext = c.attempt() != null && c.attempt() == last.attempt() + 1;
    if (!Fence.ownsNow(last.generation(), current)) {
      return isNext && !c.claim().absent()
          ? start(c, last.attempt() + 1, instance, false)
          : Refusals.superseded(c.runId(), generation(last.generation(), history), current);
    }
    if (c.attempt() != null && c.attempt() > last.attempt() + 1) {
      return Refusals.attemptTooHigh(c.runId(), c.attempt(), last.attempt() + 1);
    }
    if (c.attempt() != null && c.attempt() < last.attempt()) {
      return startBelowLast(c.runId(), c.attempt(), last, history);
    }
    boolean open = last.status() == Status.RUNNING;
    if (isNext) {
      return start(c, last.attempt() + 1, instance, open);
    }
    if (open) {
      return Outcome.DUPLICATE;
    }
    boolean retry = last.status() == Status.FAILED || last.status() == Status.INTERRUPTED;
    return retry && c.attempt() == null
        ? start(c, last.attempt() + 1, instance, false)
        : Refusals.ended(c.runId(), last.attempt(), last.status());
  }

  private Outcome startBelowLast(RunId run, long attempt, PastRun last, History history) {
    Status how = history.attempt(key, run, attempt).map(PastRun::status).orElse(Status.SUPERSEDED);
    return how == Status.DONE || how == Status.FAILED || how == Status.ABORTED
        ? Refusals.ended(run, attempt, how)
        : Refusals.attemptSuperseded(run, attempt, last.attempt());
  }

  private Outcome start(
      SessionCommand.StartRun c,
      long attempt,
      @Nullable String instance,
      boolean replacesOpenAttempt) {
    if (!replacesOpenAttempt) {
      if (runPolicy == RunPolicy.SINGLE && runs.size() > 0) {
        return Refusals.runActive(runs.inOrder().get(0).runId());
      }
      if (runs.full(c.runId())) {
        return Refusals.tooManyRuns();
      }
    }
    return accept(
        new SessionEvent.RunStarted(
            key,
            current,
            c.runId(),
            attempt,
            instance,
            c.resumesRunId(),
            Boolean.TRUE.equals(c.inferred()),
            replacesOpenAttempt));
  }

  @CommandHandler
  Outcome handle(SessionCommand.ReportProgress c, History history) {
    return report(
        c,
        history,
        run ->
            run.status() == Status.RUNNING
                ? accept(
                    new SessionEvent.RunProgressed(
                        key, current, run.runId(), run.attempt(), c.note(), c.tokens()))
                : Refusals.ended(run.runId(), run.attempt(), run.status()));
  }

  @CommandHandler
  Outcome handle(SessionCommand.CompleteRun c, History history) {
    return end(
        c,
        history,
        Status.DONE,
        (run, corrects) ->
            new SessionEvent.RunCompleted(key, current, run.runId(), run.attempt(), corrects));
  }

  @CommandHandler
  Outcome handle(SessionCommand.FailRun c, History history) {
    return end(
        c,
        history,
        Status.FAILED,
        (run, corrects) ->
            new SessionEvent.RunFailed(
                key,
                current,
                run.runId(),
                run.attempt(),
                c.errorKind(),
                c.errorMessage(),
                c.errorMessageLength(),
                corrects));
  }

  @CommandHandler
  Outcome handle(SessionCommand.AbortRun c, History history) {
    return end(
        c,
        history,
        Status.ABORTED,
        (run, corrects) ->
            new SessionEvent.RunAborted(key, current, run.runId(), run.attempt(), corrects));
  }

  private interface EndEvent {
    SessionEvent of(PastRun run, boolean correctsInterruption);
  }

  /** Terminal is final; only an interruption, which was presumed, is corrected. */
  private Outcome end(SessionCommand.OfRun c, History history, Status how, EndEvent event) {
    return report(
        c,
        history,
        run ->
            switch (run.status()) {
              case RUNNING -> accept(event.of(run, false));
              case INTERRUPTED -> accept(event.of(run, true));
              default ->
                  run.status() == how
                      ? Outcome.DUPLICATE
                      : Refusals.ended(run.runId(), run.attempt(), run.status());
            });
  }

  /** What a run reports is judged by the generation that owns the run. */
  private Outcome report(
      SessionCommand.OfRun c, History history, Function<PastRun, Outcome> decide) {
    Outcome refused = firstOf(this::requireOpen, () -> requireCurrent(c, history));
    return refused != null ? refused : ofLastAttempt(c.runId(), c.attempt(), history, decide);
  }

  private Outcome ofLastAttempt(
      RunId runId, @Nullable Long attempt, History history, Function<PastRun, Outcome> decide) {
    PastRun last = lastAttempt(runId, history);
    if (last == null) {
      return Refusals.unknownRun(runId, null, current);
    }
    if (!Fence.ownsNow(last.generation(), current)) {
      return Refusals.superseded(runId, generation(last.generation(), history), current);
    }
    if (attempt != null && attempt < last.attempt()) {
      return Refusals.attemptSuperseded(runId, attempt, last.attempt());
    }
    if (attempt != null && attempt > last.attempt()) {
      return Refusals.unknownRun(runId, attempt, current);
    }
    return decide.apply(last);
  }

  /** The watchdog reads the clock; here only versions are compared. */
  @CommandHandler
  Outcome handle(SessionCommand.InterruptRuns c, History history) {
    Outcome over = requireOpen();
    if (over != null) {
      return over;
    }
    RunId runId = c.runId();
    if (runId == null) {
      String instance = Objects.requireNonNull(c.instance());
      List<OpenRun> lost = runs.of(instance);
      lost.forEach(run -> interrupt(run, instance));
      return lost.isEmpty() ? Outcome.DUPLICATE : Outcome.ACCEPTED;
    }
    return ofLastAttempt(
        runId,
        c.attempt(),
        history,
        run -> {
          OpenRun open = runs.get(runId);
          boolean renewedSince =
              open != null
                  && c.lastRenewedVersion() != null
                  && c.lastRenewedVersion() != open.renewedVersion();
          if (open == null || renewedSince) {
            return Outcome.DUPLICATE;
          }
          interrupt(open, null);
          return Outcome.ACCEPTED;
        });
  }

  private void interrupt(OpenRun run, @Nullable String instance) {
    apply(new SessionEvent.RunInterrupted(key, current, run.runId(), run.attempt(), instance));
  }

  /** About the route, whoever lived under it meanwhile: it names no generation. */
  @CommandHandler
  Outcome handle(SessionCommand.ReportGap c) {
    Outcome over = requireOpen();
    return over != null
        ? over
        : accept(new SessionEvent.GapReported(key, current, c.from(), c.to()));
  }

  // Generations

  @CommandHandler
  Outcome handle(SessionCommand.ResetSession c, History history, SessionIds ids) {
    Outcome refused = firstOf(this::requireOpen, () -> requireExpected(c, history));
    return refused != null
        ? refused
        : rotate(
            c.newSessionId(),
            history,
            ids,
            next -> new SessionEvent.SessionReset(key, next, current, runs.attempts()));
  }

  @CommandHandler
  Outcome handle(SessionCommand.RestoreSession c, History history, SessionIds ids) {
    Outcome refused = firstOf(this::requireOpen, () -> requireExpected(c, history));
    if (refused != null) {
      return refused;
    }
    if (c.fromGeneration() > current.number()) {
      return Refusals.unknownFrom(c.fromGeneration(), current);
    }
    Generation continues = generation(c.fromGeneration(), history);
    return rotate(
        c.newSessionId(),
        history,
        ids,
        next -> new SessionEvent.SessionRestored(key, next, current, continues, runs.attempts()));
  }

  @CommandHandler
  Outcome handle(SessionCommand.BeginCompaction c, History history) {
    Outcome refused = firstOf(this::requireOpen, () -> requireCurrent(c, history));
    if (refused != null) {
      return refused;
    }
    if (c.compactionId().equals(begun)) {
      return Outcome.DUPLICATE;
    }
    PastCompaction past = history.compaction(key, c.compactionId()).orElse(null);
    if (past != null && past.state() != PastCompaction.State.ABANDONED) {
      return overtakenOrCompleted(past);
    }
    return accept(
        new SessionEvent.CompactionBegun(
            key, current, c.compactionId(), past == null ? 1 : past.attempt() + 1));
  }

  @CommandHandler
  Outcome handle(SessionCommand.AbandonCompaction c, History history) {
    Outcome refused = firstOf(this::requireOpen, () -> requireCurrent(c, history));
    if (refused != null) {
      return refused;
    }
    PastCompaction past = history.compaction(key, c.compactionId()).orElse(null);
    if (!c.compactionId().equals(begun) || past == null) {
      return past == null
          ? Refusals.compactionSuperseded(c.compactionId(), "was never begun", current)
          : overtakenOrCompleted(past);
    }
    return accept(
        new SessionEvent.CompactionAbandoned(key, current, c.compactionId(), past.attempt()));
  }

  @CommandHandler
  Outcome handle(SessionCommand.CompactSession c, History history, SessionIds ids) {
    Outcome refused = firstOf(this::requireOpen, () -> requireCurrent(c, history));
    if (refused != null) {
      return refused;
    }
    CompactionId id = c.compactionId();
    if (id != null && !id.equals(begun)) {
      PastCompaction past = history.compaction(key, id).orElse(null);
      if (past != null) {
        return past.state() == PastCompaction.State.COMPLETED
            ? Outcome.DUPLICATE
            : overtakenOrCompleted(past);
      }
    }
    List<RunAttempt> carried = new ArrayList<>();
    if (c.carryRuns() == null) {
      carried.addAll(runs.attempts());
    } else {
      for (RunId run : c.carryRuns()) {
        OpenRun open = runs.get(run);
        if (open == null) {
          return notCarried(run, history);
        }
        carried.add(open.asAttempt());
      }
    }
    List<RunAttempt> superseded = runs.attemptsExcept(Set.copyOf(carried));
    return rotate(
        c.newSessionId(),
        history,
        ids,
        next ->
            new SessionEvent.SessionCompacted(
                key,
                next,
                current,
                id,
                c.trigger(),
                List.copyOf(carried),
                superseded,
                c.tokensBefore(),
                c.tokensAfter()));
  }

  private Outcome notCarried(RunId run, History history) {
    PastRun past = lastAttempt(run, history);
    if (past == null) {
      return Refusals.unknownRun(run, null, current);
    }
    return Fence.ownsNow(past.generation(), current)
        ? Refusals.ended(run, past.attempt(), past.status())
        : Refusals.superseded(run, generation(past.generation(), history), current);
  }

  private Outcome overtakenOrCompleted(PastCompaction past) {
    String what =
        switch (past.state()) {
          case COMPLETED -> "was completed already";
          case ABANDONED -> "was abandoned";
          case BEGUN -> "was overtaken by a rotation or another compaction";
        };
    return Refusals.compactionSuperseded(past.compactionId(), what, current);
  }

  @CommandHandler
  Outcome handle(SessionCommand.CloseSession c, History history) {
    if (movedTo == null && closed) {
      return Outcome.DUPLICATE;
    }
    Outcome refused = firstOf(this::requireOpen, () -> requireExpected(c, history));
    return refused != null
        ? refused
        : accept(new SessionEvent.SessionClosed(key, current, current, runs.attempts()));
  }

  @CommandHandler
  Outcome handle(SessionCommand.ReopenSession c, History history, SessionIds ids) {
    if (movedTo != null) {
      return Refusals.migrated(key, movedTo, current);
    }
    if (!closed) {
      return Refusals.alreadyOpen(key, current, c.newSessionId());
    }
    Outcome refused = requireExpected(c, history);
    if (refused != null) {
      return refused;
    }
    if (current.sessionId().equals(c.newSessionId())) {
      return Refusals.sessionIdReused(current.sessionId(), current, current);
    }
    return rotate(
        c.newSessionId(),
        history,
        ids,
        next -> new SessionEvent.SessionReopened(key, next, current));
  }

  // Other keys: both events or neither, so the checks come first and the caller opens the other key

  /** {@code ForkSession} on its source. */
  Outcome fork(
      SessionCommand.ForkSession c, boolean targetExists, Generation target, History history) {
    Outcome over = requireOpen();
    if (over != null) {
      return over;
    }
    if (targetExists) {
      return Refusals.targetExists(c.newSessionKey());
    }
    Long from = c.fromGeneration();
    if (from != null && from > current.number()) {
      return Refusals.unknownFrom(from, current);
    }
    return accept(
        new SessionEvent.SessionForked(
            key, current, generation(from, history), c.newSessionKey(), target));
  }

  /** {@code MigrateSession} on its source. */
  Outcome migrate(
      SessionCommand.MigrateSession c, boolean targetExists, Generation target, History history) {
    Outcome over = requireOpen();
    if (over != null) {
      return over;
    }
    if (targetExists) {
      return Refusals.targetExists(c.newSessionKey());
    }
    Outcome refused = requireExpected(c, history);
    return refused != null
        ? refused
        : accept(
            new SessionEvent.SessionMigrated(
                key, current, current, c.newSessionKey(), target, runs.attempts()));
  }

  /** The first event of a key that continues this session's generation {@code from}. */
  SessionEvent.SessionOpened heir(
      SessionKey heir, Generation target, SessionEvent.Origin.Kind kind, Generation from) {
    return new SessionEvent.SessionOpened(
        heir, target, runPolicy, attributes, new SessionEvent.Origin(kind, key, from));
  }

  // Checks

  private @Nullable Outcome requireOpen() {
    if (movedTo != null) {
      return Refusals.migrated(key, movedTo, current);
    }
    return closed ? Refusals.closed(key, current) : null;
  }

  private @Nullable Outcome requireExpected(SessionCommand c, History history) {
    if (c.expected().admits(current)) {
      return null;
    }
    Fence.Judgement judged = Fence.judge(c.expected(), current, history.lineage(key));
    return Refusals.expected(c.expected(), judged.named(), current);
  }

  /** Refuses what names a generation other than the current one. */
  private @Nullable Outcome requireCurrent(SessionCommand c, History history) {
    Fence.Judgement judged = Fence.judge(c.claim(), current, history.lineage(key));
    return switch (judged.standing()) {
      case UNNAMED, CURRENT -> null;
      case ENDED -> Refusals.stale(c.claim(), Objects.requireNonNull(judged.named()), current);
      case UNKNOWN -> Refusals.unknownGeneration(c.claim(), current);
      case MISMATCH -> Refusals.mismatch(c.claim(), current);
    };
  }

  @SafeVarargs
  private static @Nullable Outcome firstOf(Supplier<@Nullable Outcome>... checks) {
    for (Supplier<@Nullable Outcome> check : checks) {
      Outcome refused = check.get();
      if (refused != null) {
        return refused;
      }
    }
    return null;
  }

  private @Nullable PastRun lastAttempt(RunId runId, History history) {
    OpenRun open = runs.get(runId);
    if (open != null) {
      return new PastRun(runId, open.attempt(), current.number(), Status.RUNNING);
    }
    return history.lastAttempt(key, runId).orElse(null);
  }

  /** The generation with a number that exists; the current one when none is named. */
  Generation generation(@Nullable Long number, History history) {
    return number == null || number == current.number()
        ? current
        : history
            .generation(key, number)
            .orElseThrow(() -> new IllegalStateException("no generation " + number + " of " + key));
  }

  /** An in-place rotation keeps the id; any other id that the key ever had is retired. */
  private Outcome rotate(
      @Nullable SessionId wanted,
      History history,
      SessionIds ids,
      Function<Generation, SessionEvent> event) {
    if (wanted != null && !wanted.equals(current.sessionId())) {
      Optional<Generation> last = history.newest(key, wanted);
      if (last.isPresent()) {
        return Refusals.sessionIdReused(wanted, last.get(), current);
      }
    }
    return accept(event.apply(current.next(wanted == null ? ids.next() : wanted)));
  }

  private static Outcome accept(SessionEvent event) {
    apply(event);
    return Outcome.ACCEPTED;
  }

  // Facts: assign, never refuse

  @EventSourcingHandler
  void on(SessionEvent.SessionOpened e) {
    key = e.sessionKey();
    current = e.generation();
    runPolicy = e.runPolicy();
    attributes = e.attributes();
  }

  @EventSourcingHandler
  void on(SessionEvent.RunStarted e, @SequenceNumber long sequence) {
    runs.started(new OpenRun(e.runId(), e.attempt(), e.instance(), sequence + 1, sequence + 1));
  }

  @EventSourcingHandler
  void on(SessionEvent.RunProgressed e, @SequenceNumber long sequence) {
    runs.renewed(e.runId(), sequence + 1);
  }

  @EventSourcingHandler
  void on(SessionEvent.RunCompleted e) {
    runs.ended(e.runId());
  }

  @EventSourcingHandler
  void on(SessionEvent.RunFailed e) {
    runs.ended(e.runId());
  }

  @EventSourcingHandler
  void on(SessionEvent.RunAborted e) {
    runs.ended(e.runId());
  }

  @EventSourcingHandler
  void on(SessionEvent.RunInterrupted e) {
    runs.ended(e.runId());
  }

  @EventSourcingHandler
  void on(SessionEvent.CompactionBegun e) {
    begun = e.compactionId();
  }

  @EventSourcingHandler
  void on(SessionEvent.CompactionAbandoned e) {
    begun = null;
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionCompacted e) {
    begin(e.generation(), Set.copyOf(e.carriedRuns()));
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionReset e) {
    begin(e.generation(), Set.of());
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionRestored e) {
    begin(e.generation(), Set.of());
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionReopened e) {
    begin(e.generation(), Set.of());
    closed = false;
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionClosed e) {
    begin(e.generation(), Set.of());
    closed = true;
  }

  @EventSourcingHandler
  void on(SessionEvent.SessionMigrated e) {
    begin(e.generation(), Set.of());
    movedTo = e.newSessionKey();
  }

  private void begin(Generation generation, Set<RunAttempt> carried) {
    current = generation;
    runs.keep(carried);
    begun = null;
  }
}
