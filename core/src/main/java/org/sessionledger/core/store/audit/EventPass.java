package org.sessionledger.core.store.audit;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All events in the global order: one thread reads and checks what concerns their order, others
 * check what they say of their own sessions.
 */
final class EventPass implements AutoCloseable {

  /** Pages that are read ahead of the checks. */
  private static final int AHEAD = 3;

  private final Database database;
  private final Opening opening;
  private final Limits limits;
  private final Verification.Progress progress;
  private final List<EventChecker> checkers = new ArrayList<>();
  private final List<ExecutorService> threads = new ArrayList<>();
  private final Deque<List<Future<@Nullable Break>>> underWay = new ArrayDeque<>();
  private final LongAdder activeRuns = new LongAdder();
  private final Instants instants = new Instants();
  private final Map<String, EventRow> unanswered = new LinkedHashMap<>();
  private @Nullable EventRow last;
  private boolean answered = true;
  private long position;
  private Instant recordedAt = Instant.EPOCH;
  private long opened;
  private long answers;
  private int pageRows;

  EventPass(
      Database database,
      Opening opening,
      SessionHeads heads,
      Snapshots snapshots,
      Limits limits,
      Verification.Progress progress) {
    this.database = database;
    this.opening = opening;
    this.limits = limits;
    this.progress = progress;
    this.pageRows = Math.max(1, limits.rows() / 10);
    for (int i = 0; i < limits.threads(); i++) {
      checkers.add(new EventChecker(database, heads, snapshots, limits, activeRuns));
      threads.add(
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, "ledger-verification");
                thread.setDaemon(true);
                return thread;
              }));
    }
  }

  /** Goes on to a position; the first thing that is wrong, or null. */
  @Nullable Break runTo(long end) {
    while (position < end) {
      List<EventRow> page = read(end);
      Break found = checkOrder(page, end);
      long firstBad = found == null ? Long.MAX_VALUE : position + 1;
      hand(page, firstBad);
      if (found == null) {
        found = settle(AHEAD);
      } else {
        Break before = settle(0);
        found = before == null ? found : before;
      }
      if (found != null) {
        return found;
      }
      progress.at("events", position, opening.position());
    }
    Break found = settle(0);
    return found != null ? found : lookUpUnanswered();
  }

  /** When everything was read: the last command has its answer, too. */
  @Nullable Break end() {
    endCommand();
    return lookUpUnanswered();
  }

  long position() {
    return position;
  }

  Instant recordedAt() {
    return recordedAt;
  }

  /** Sessions that have an event so far. */
  long opened() {
    return opened;
  }

  /** Commands that an event answers. */
  long answers() {
    return answers;
  }

  /** What the tables that are kept for ever must hold. */
  FactSums facts() {
    FactSums all = new FactSums();
    checkers.forEach(checker -> all.addAll(checker.facts()));
    return all;
  }

  long activeRuns() {
    return activeRuns.sum();
  }

  private List<EventRow> read(long end) {
    List<EventRow> page = new ArrayList<>(pageRows);
    database.each(
        "SELECT "
            + EventRow.COLUMNS
            + " FROM ledger_events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
        row -> page.add(EventRow.of(row, instants)),
        position,
        end,
        pageRows);
    long characters = page.stream().mapToLong(EventRow::size).sum();
    pageRows =
        characters > limits.pageCharacters()
            ? Math.max(1, pageRows / 4)
            : Math.min(limits.rows(), pageRows * 2);
    return withKeys(page);
  }

  /** The keys that the numbers of new sessions stand for. */
  private List<EventRow> withKeys(List<EventRow> page) {
    Map<Long, String> keys = new HashMap<>();
    Long[] numbers =
        page.stream()
            .filter(row -> row.version() == 1)
            .map(EventRow::sessionNo)
            .toArray(Long[]::new);
    if (numbers.length == 0) {
      return page;
    }
    database.each(
        "SELECT session_no, session_key FROM ledger_sessions WHERE session_no = ANY(?)",
        row -> keys.put(row.getLong(1), row.getString(2)),
        (Object) numbers);
    return page.stream()
        .map(row -> row.version() == 1 ? row.of(keys.get(row.sessionNo())) : row)
        .toList();
  }

  /** Moves {@link #position} up to the last event before the first that is wrong. */
  private @Nullable Break checkOrder(List<EventRow> page, long end) {
    if (page.isEmpty()) {
      return Break.of(
          "position", position + 1, null, null, null, "an event; the head says " + end, "none");
    }
    for (EventRow row : page) {
      Break found = checkOrder(row);
      if (found != null) {
        return found;
      }
      position = row.position();
      recordedAt = row.recordedAt();
    }
    return null;
  }

  private @Nullable Break checkOrder(EventRow row) {
    if (row.position() != position + 1) {
      return Break.of(
          "position",
          position + 1,
          null,
          null,
          null,
          "an event",
          "none; the next is " + row.position());
    }
    if (row.recordedAt().isBefore(recordedAt)) {
      return Break.ofEvent(row, "recorded-at", recordedAt + " or later", row.recordedAt());
    }
    if (row.sessionNo() == opened + 1 && row.sessionNo() <= opening.sessionRows()) {
      opened++;
    } else if (row.sessionNo() < 1 || row.sessionNo() > opened) {
      return Break.ofEvent(
          row, "session-no", "1 to " + (opened + 1) + ", that of a session", row.sessionNo());
    }
    return checkCommand(row);
  }

  /** Of the events of one command, one has its id beside it. */
  private @Nullable Break checkCommand(EventRow row) {
    EventRow before = last;
    if (before == null || !before.command().equals(row.command())) {
      endCommand();
    }
    last = row;
    if (row.commandId() == null) {
      return null;
    }
    answers++;
    answered = true;
    String id = CommandIds.of(row);
    return row.commandId().equals(id)
        ? null
        : Break.ofEvent(row, "command-id", String.valueOf(id), row.commandId());
  }

  private void endCommand() {
    EventRow before = last;
    if (before != null && !answered) {
      unanswered.put(String.valueOf(CommandIds.of(before)), before);
    }
    answered = false;
    last = null;
  }

  /** No event answers a command over every session; it is remembered by itself. */
  private @Nullable Break lookUpUnanswered() {
    if (unanswered.isEmpty()) {
      return null;
    }
    Set<String> known = new HashSet<>();
    database.each(
        "SELECT command_id FROM ledger_commands WHERE command_id = ANY(?)",
        row -> known.add(row.getString(1)),
        (Object) unanswered.keySet().toArray(String[]::new));
    for (Map.Entry<String, EventRow> each : unanswered.entrySet()) {
      if (!known.contains(each.getKey())) {
        return Break.ofEvent(
            each.getValue(), "command-id", "the id " + each.getKey(), "none, with no event of it");
      }
    }
    unanswered.clear();
    return null;
  }

  private void hand(List<EventRow> page, long firstBad) {
    List<List<EventRow>> shares = new ArrayList<>();
    checkers.forEach(checker -> shares.add(new ArrayList<>()));
    for (EventRow row : page) {
      if (row.position() >= firstBad) {
        break;
      }
      shares.get((int) (row.sessionNo() % shares.size())).add(row);
    }
    List<Future<@Nullable Break>> checks = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      EventChecker checker = checkers.get(i);
      List<EventRow> share = shares.get(i);
      checks.add(threads.get(i).submit(() -> checker.check(share)));
    }
    underWay.add(checks);
  }

  /**
   * Waits for the checks of the oldest pages.
   *
   * @param left pages that may stay under way
   */
  private @Nullable Break settle(int left) {
    while (underWay.size() > left) {
      Break first = null;
      for (Future<@Nullable Break> check : underWay.remove()) {
        Break found = get(check);
        if (found != null && (first == null || place(found) < place(first))) {
          first = found;
        }
      }
      if (first != null) {
        return first;
      }
    }
    return unanswered.size() < limits.rows() ? null : lookUpUnanswered();
  }

  private static long place(Break found) {
    return found.position() == null ? Long.MAX_VALUE : found.position();
  }

  private static @Nullable Break get(Future<@Nullable Break> check) {
    try {
      return check.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the ledger was verified", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("the ledger could not be verified", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdownNow);
  }
}
