package org.sessionledger.core.store.audit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks everything that a ledger's tables hold against what it must be, up to the head that it
 * finds first; a writer may go on meanwhile. Memory does not grow with the events: a session takes
 * 48 bytes, and what else is kept is bounded ({@link Limits}).
 */
public final class Verification {

  /** Hears how far long work is. */
  @FunctionalInterface
  public interface Progress {

    Progress NONE = (part, done, total) -> {};

    /**
     * @param part {@code events} or {@code decisions}
     */
    void at(String part, long done, long total);
  }

  /** More would not fit into one array. */
  private static final long SESSIONS_MAX = 500_000_000;

  private final Database database;
  private final Limits limits;
  private final Progress progress;

  private Verification(DataSource dataSource, Limits limits, Progress progress) {
    this.database = new Database(dataSource);
    this.limits = limits;
    this.progress = progress;
  }

  /**
   * Verifies the ledger in a database.
   *
   * @param then a moment to tell the history up to, as well; null: none
   * @throws org.sessionledger.core.store.StoreFailure when the database cannot be read
   */
  public static Verified verify(
      DataSource dataSource, @Nullable Checkpoint then, Progress progress) {
    return verify(dataSource, then, progress, Limits.USUAL);
  }

  static Verified verify(
      DataSource dataSource, @Nullable Checkpoint then, Progress progress, Limits limits) {
    return new Verification(dataSource, limits, progress).verify(then);
  }

  private Verified verify(@Nullable Checkpoint then) {
    long started = System.nanoTime();
    Opening opening = Opening.read(database);
    if (opening.sessionRows() > SESSIONS_MAX) {
      throw new IllegalStateException(
          opening.sessionRows() + " sessions are more than can be verified: " + SESSIONS_MAX);
    }
    SessionHeads heads = new SessionHeads((int) opening.sessionRows());
    Snapshots snapshots = new Snapshots(database, opening.snapshots());
    LinePass lines = new LinePass(database, opening, limits, progress);
    try (EventPass events = new EventPass(database, opening, heads, snapshots, limits, progress)) {
      // A ledger that was cut does not reach the moment; there is nothing to tell of it then.
      boolean reaches =
          then != null
              && then.position() <= opening.position()
              && then.decisionSeq() <= opening.decisionSeq();
      LedgerHead past = null;
      Break found = null;
      if (then != null && reaches) {
        found = events.runTo(then.position());
        if (found == null) {
          found = lines.runTo(then.decisionSeq());
        }
        past = found == null ? head(events, heads, lines) : null;
      }
      if (found == null) {
        found = events.runTo(opening.position());
      }
      if (found == null) {
        found = events.end();
      }
      if (found == null) {
        found = lines.runTo(opening.decisionSeq());
      }
      if (found == null) {
        found = snapshots.checkRest(heads);
      }
      if (found == null) {
        found = totals(opening, events);
      }
      if (found == null) {
        found = facts(opening, events);
      }
      return new Verified(
          found == null ? null : named(found),
          events.position(),
          lines.seq(),
          events.opened(),
          snapshots.checked(),
          found == null ? head(events, heads, lines) : null,
          past,
          Duration.ofNanos(System.nanoTime() - started).toMillis());
    }
  }

  /** Tells the session of an event that was not read far enough for its key. */
  private Break named(Break found) {
    Long position = found.position();
    if (position == null || found.sessionKey() != null) {
      return found;
    }
    AtomicReference<@Nullable String> key = new AtomicReference<>();
    database.each(
        """
        SELECT s.session_key FROM ledger_events e
        JOIN ledger_sessions s ON s.session_no = e.session_no WHERE e.position = ?
        """,
        row -> key.set(row.getString(1)),
        position);
    return found.in(key.get());
  }

  private static LedgerHead head(EventPass events, SessionHeads heads, LinePass lines) {
    return new LedgerHead(
        events.position(),
        lines.seq(),
        events.opened(),
        heads.digest(events.opened()),
        lines.digest(),
        events.recordedAt());
  }

  /** What the head says of everything together. */
  private static @Nullable Break totals(Opening opening, EventPass events) {
    Break found = total("head-position", opening.events(), opening.position());
    found = or(found, total("head-seq", opening.decisions(), opening.decisionSeq()));
    found = or(found, total("head-sessions", events.opened(), opening.sessions()));
    found = or(found, total("sessions", events.opened(), opening.sessionRows()));
    found = or(found, total("head-active-runs", events.activeRuns(), opening.activeRuns()));
    found =
        or(
            found,
            total("head-accepted", events.answers() + opening.commandRows(), opening.accepted()));
    long duplicates = opening.arrivals().getOrDefault("duplicate", 0L);
    found = or(found, total("head-duplicates", duplicates, opening.duplicates()));
    Map<String, Long> byReason = new TreeMap<>();
    opening
        .arrivals()
        .forEach(
            (what, arrivals) -> {
              if (what.startsWith("rejected ")) {
                byReason.put(what.substring("rejected ".length()), arrivals);
              }
            });
    long rejected = byReason.values().stream().mapToLong(Long::longValue).sum();
    found = or(found, total("head-rejected", rejected, opening.rejected()));
    if (found == null && !byReason.equals(opening.reasons())) {
      found = Break.ofTotals("rejections", byReason, opening.reasons());
    }
    if (found == null && opening.recordedAt().isBefore(events.recordedAt())) {
      found =
          Break.ofTotals(
              "head-recorded-at", events.recordedAt() + " or later", opening.recordedAt());
    }
    return found;
  }

  /** Who owned runs and how they ended, which ids are retired: what decisions rest on. */
  private @Nullable Break facts(Opening opening, EventPass events) {
    List<Integer> differing = opening.facts().differing(events.facts());
    if (differing.isEmpty()) {
      return null;
    }
    Break found = FactTables.search(database, differing);
    return found != null
        ? found
        : Break.ofTotals(
            "facts",
            "the rows that the events lead to",
            "others, which were put right while this looked for them");
  }

  private static @Nullable Break or(@Nullable Break one, @Nullable Break other) {
    return one != null ? one : other;
  }

  private static @Nullable Break total(String check, long counted, long told) {
    return counted == told ? null : Break.ofTotals(check, counted, told);
  }
}
