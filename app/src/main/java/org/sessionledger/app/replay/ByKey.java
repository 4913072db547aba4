package org.sessionledger.app.replay;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.audit.BadBundle;
import org.sessionledger.core.store.audit.BundleReader;

/**
 * What a store that is addressed by key alone would have displayed: one row a key, no generations,
 * no owners of runs. Whoever reports last, of whatever run, sets the row; whatever rotates the
 * session puts its new session id there.
 */
public final class ByKey {

  /** Steps that are told one by one. */
  static final int STEPS_MAX = 10_000;

  /**
   * What a row shows.
   *
   * @param sessionId null when nothing said which one
   */
  public record Row(@Nullable String sessionId, String status, @Nullable String runId) {}

  /** What the ledger has. */
  public record Truth(String sessionId, long generation, String status, int activeRuns) {}

  /**
   * One arrival.
   *
   * @param step its place among the session's arrivals, from 1
   * @param verdict the ledger's
   * @param shown what the store by key displays from then on; null before anything set it
   * @param ledger what the ledger has from then on; null before it was opened
   * @param differs the two tell another session or another status
   * @param refusedWrote what is displayed was written by something that the ledger refused
   */
  public record Shown(
      long step,
      Instant at,
      @Nullable String commandType,
      @Nullable String runId,
      String verdict,
      @Nullable String reason,
      @Nullable String decisionId,
      @Nullable Row shown,
      @Nullable Truth ledger,
      boolean differs,
      boolean refusedWrote) {}

  /**
   * What would have happened without the fence.
   *
   * @param steps arrivals, of coalesced ones the first and the last
   * @param refused of them
   * @param wrong steps after which the store by key would have displayed something else
   * @param wrongByRefused those of them where what it displays came from a refused arrival
   * @param wrongAtEnd true when it would be wrong to this day
   * @param firstWrong the step from which it is wrong for the first time; null: never
   * @param summary the same in a sentence
   * @param items the first of the steps
   */
  public record Report(
      String sessionKey,
      long steps,
      long refused,
      long wrong,
      long wrongByRefused,
      boolean wrongAtEnd,
      @Nullable Long firstWrong,
      String summary,
      List<Shown> items) {}

  private final String sessionKey;
  private final List<Shown> items = new ArrayList<>();
  private @Nullable Row row;
  private @Nullable Truth truth;
  private boolean refusedWrote;
  private @Nullable Shown last;
  private @Nullable Shown firstWrong;
  private long steps;
  private long refused;
  private long wrong;
  private long wrongByRefused;

  private ByKey(String sessionKey) {
    this.sessionKey = sessionKey;
  }

  /**
   * Goes through a bundle.
   *
   * @param sessionKey the bundle's, as it was read before
   */
  public static Report of(InputStream bundle, String sessionKey) throws IOException, BadBundle {
    ByKey store = new ByKey(new SessionKey(sessionKey).value());
    Steps steps = new Steps(store::take);
    BundleReader.read(bundle, steps);
    steps.end();
    return store.report();
  }

  private void take(Step step) {
    steps++;
    refused += step.verdict() == Verdict.REJECTED ? 1 : 0;
    Row written = "invalid".equals(step.reason()) ? null : write(step);
    if (written != null) {
      row = written;
      refusedWrote = step.verdict() == Verdict.REJECTED;
    }
    SessionStatus session = step.session();
    if (session != null) {
      truth =
          new Truth(
              session.sessionId().value(),
              session.generation(),
              session.status().code(),
              session.activeRuns());
    }
    boolean differs = differs();
    Shown shown =
        new Shown(
            step.number(),
            step.at(),
            step.type(),
            step.text("runId"),
            step.verdict().code(),
            step.reason(),
            step.decisionId(),
            row,
            truth,
            differs,
            differs && refusedWrote);
    if (differs) {
      wrong++;
      wrongByRefused += refusedWrote ? 1 : 0;
      firstWrong = firstWrong == null ? shown : firstWrong;
    }
    if (items.size() < STEPS_MAX) {
      items.add(shown);
    }
    last = shown;
  }

  private boolean differs() {
    if (row == null || truth == null) {
      // A row of a session that was never opened, or none of one that was.
      return row != null || truth != null;
    }
    boolean other = row.sessionId() != null && !row.sessionId().equals(truth.sessionId());
    return other || !row.status().equals(truth.status());
  }

  /** The row as a store by key alone has it after an arrival; null when it does not touch it. */
  private @Nullable Row write(Step step) {
    String type = step.type() == null ? "" : step.type();
    String run = step.text("runId");
    String now = row == null ? null : row.sessionId();
    String status = row == null ? "idle" : row.status();
    String shownRun = row == null ? null : row.runId();
    return switch (type) {
      case "OpenSession" ->
          row == null ? new Row(orNull(step.text("sessionId"), made(step)), "idle", null) : null;
      case "StartRun", "ReportProgress" -> new Row(known(now, step), "running", run);
      case "CompleteRun" -> new Row(known(now, step), "done", run);
      case "FailRun" -> new Row(known(now, step), "failed", run);
      case "AbortRun" -> new Row(known(now, step), "aborted", run);
      case "InterruptRuns" ->
          status.equals("running")
              ? new Row(now, "interrupted", run == null ? shownRun : run)
              : null;
      case "ResetSession", "RestoreSession", "ReopenSession" ->
          new Row(next(step, now), "idle", null);
      case "CompactSession" -> new Row(next(step, now), status, shownRun);
      case "CloseSession" -> new Row(now, "closed", shownRun);
      case "MigrateSession" ->
          sessionKey.equals(step.text("sessionKey"))
              ? new Row(now, "migrated", shownRun)
              : new Row(made(step), "idle", null);
      case "ForkSession" ->
          sessionKey.equals(step.text("sessionKey")) ? null : new Row(made(step), "idle", null);
      default -> null;
    };
  }

  /** A report does not change the row's session id; the first one of all brings its own. */
  private static @Nullable String known(@Nullable String now, Step step) {
    return now == null ? step.text("sessionId") : now;
  }

  /** The session id that a rotation brings: the caller's, or the one that the ledger made. */
  private static @Nullable String next(Step step, @Nullable String now) {
    String wanted = step.text("newSessionId");
    if (wanted != null) {
      return wanted;
    }
    // Refused: a store by key would have made one, which nobody knows.
    return step.verdict() == Verdict.ACCEPTED ? made(step) : now;
  }

  private static @Nullable String made(Step step) {
    List<SessionEvent> events = step.events();
    return events.isEmpty() ? null : events.get(events.size() - 1).generation().sessionId().value();
  }

  private static @Nullable String orNull(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  private Report report() {
    boolean wrongAtEnd = last != null && last.differs();
    return new Report(
        sessionKey,
        steps,
        refused,
        wrong,
        wrongByRefused,
        wrongAtEnd,
        firstWrong == null ? null : firstWrong.step(),
        summary(wrongAtEnd),
        List.copyOf(items));
  }

  private String summary(boolean wrongAtEnd) {
    if (firstWrong == null) {
      return "Without the fence, a store by key would have displayed the same at all times.";
    }
    StringBuilder text =
        new StringBuilder("Without the fence, a store by key would have been wrong after ")
            .append(wrong)
            .append(" of ")
            .append(steps)
            .append(steps == 1 ? " arrival" : " arrivals")
            .append(", ")
            .append(wrongByRefused)
            .append(" times by what the ledger refused, first at ")
            .append(firstWrong.at())
            .append(" (")
            .append(firstWrong.commandType())
            .append(firstWrong.runId() == null ? "" : " of " + firstWrong.runId())
            .append(')');
    if (wrongAtEnd && last != null && last.shown() != null && last.ledger() != null) {
      text.append("; in the end it would display ")
          .append(last.shown().status())
          .append(" of session ")
          .append(last.shown().sessionId())
          .append(" where the ledger has ")
          .append(last.ledger().status())
          .append(" of ")
          .append(last.ledger().sessionId());
    } else {
      text.append("; in the end it would be right again");
    }
    return text.append('.').toString();
  }
}
