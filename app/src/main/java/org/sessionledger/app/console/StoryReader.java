package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;

/** Reads stories, with work that the range bounds and not the length of the whole history. */
final class StoryReader {

  /** Versions of a range, and refusals, that are read at most. */
  static final int ENTRIES_MAX = 10_000;

  /** What is read without waiting for a turn. */
  private static final int SHORT = LedgerApi.Page.LIMIT_MAX;

  /** Events before a range that are read at a time, to see which runs were open. */
  private static final int BACK = 200;

  /** More lines than a decision log will ever have. */
  private static final long SEQ_MAX = 1L << 40;

  private final LedgerApi ledger;
  private final LongReads longReads;

  StoryReader(LedgerApi ledger, LongReads longReads) {
    this.ledger = ledger;
    this.longReads = longReads;
  }

  /**
   * Reads a range.
   *
   * @param from null: so far back as a picture goes
   * @param to null: up to the newest
   */
  Story read(String sessionKey, long newest, @Nullable Long from, @Nullable Long to) {
    long last = Math.min(newest, Math.max(1, to == null ? newest : to));
    long first = Math.max(1, from == null ? last - ENTRIES_MAX + 1 : Math.min(from, last));
    last = Math.min(last, first + ENTRIES_MAX - 1);
    try (LongReads.Turn turn = longReads.turn()) {
      if (last - first >= SHORT) {
        turn.take();
      }
      Before before = before(sessionKey, first, turn);
      List<Story.Entry> events = events(sessionKey, first, last);
      List<Story.Entry> refusals = refusals(sessionKey, first, last, turn);
      boolean leftOut = refusals.size() > ENTRIES_MAX;
      return new Story(
          sessionKey,
          first,
          last,
          newest,
          before.open(),
          merged(events, leftOut ? refusals.subList(0, ENTRIES_MAX) : refusals),
          leftOut,
          !before.whole());
    }
  }

  private List<Story.Entry> events(String sessionKey, long first, long last) {
    List<Story.Entry> events = new ArrayList<>();
    long after = first - 1;
    while (after < last) {
      int limit = (int) Math.min(LedgerApi.Page.LIMIT_MAX, last - after);
      JsonNode items =
          ledger
              .timeline(sessionKey, null, LedgerApi.Page.ofEventsAfter(after, limit))
              .path("items");
      items.forEach(item -> events.add(Story.Entry.event(item)));
      after = items.size() < limit ? last : after + limit;
    }
    return events;
  }

  /** Newest first, because those of long ago need not be read then. */
  private List<Story.Entry> refusals(
      String sessionKey, long first, long last, LongReads.Turn turn) {
    List<Story.Entry> refusals = new ArrayList<>();
    LedgerApi.Page page = new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, null);
    boolean jumped = false;
    while (true) {
      JsonNode lines = ledger.decisions("rejected", null, sessionKey, null, page);
      for (JsonNode line : lines.path("items")) {
        Story.Entry refusal = Story.Entry.refusal(line);
        if (refusal.version() < first && first > 1) {
          return refusals;
        }
        if (refusal.version() <= last) {
          refusals.add(refusal);
        }
      }
      String next = lines.path("nextCursor").textValue();
      if (next == null || refusals.size() > ENTRIES_MAX) {
        return refusals;
      }
      turn.take();
      if (refusals.isEmpty() && !jumped) {
        // All of a page came after the range, and there may be any number of such pages.
        page = LedgerApi.Page.ofLinesBefore(seqAfter(sessionKey, last), LedgerApi.Page.LIMIT_MAX);
        jumped = true;
      } else {
        page = new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, next);
      }
    }
  }

  /**
   * Where in the decision log the lines of later versions begin. The versions never run back over
   * the log, so halving finds it.
   */
  private long seqAfter(String sessionKey, long version) {
    long fits = 0;
    long over = SEQ_MAX;
    while (over - fits > 1) {
      long middle = fits + (over - fits) / 2;
      JsonNode newest =
          ledger
              .decisions(
                  "rejected", null, sessionKey, null, LedgerApi.Page.ofLinesBefore(middle, 1))
              .path("items")
              .path(0);
      if (newest.path("afterVersion").asLong() > version) {
        over = middle;
      } else {
        fits = middle;
      }
    }
    return fits;
  }

  /**
   * The runs that were open when a range began.
   *
   * @param open where each was seen last, oldest first
   * @param whole false when there were more of them
   */
  private record Before(List<Story.Entry> open, boolean whole) {}

  /** Back from the range until every run was met that was open then. */
  private Before before(String sessionKey, long first, LongReads.Turn turn) {
    if (first == 1) {
      return new Before(List.of(), true);
    }
    JsonNode then = ledger.session(sessionKey, new LedgerApi.Moment(first - 1, null, null));
    long wanted = then.path("activeRuns").asLong();
    OpenRuns runs = new OpenRuns(then.path("generation").asLong());
    long after = first - 1;
    while (runs.open.size() < wanted && after > 0 && first - after <= ENTRIES_MAX) {
      if (first - after > SHORT) {
        turn.take();
      }
      long to = after;
      after = Math.max(0, after - BACK);
      List<Story.Entry> page = events(sessionKey, after + 1, to);
      Collections.reverse(page);
      page.forEach(runs::before);
    }
    Collections.reverse(runs.open);
    return new Before(runs.open, runs.open.size() >= wanted);
  }

  /** Which runs are open after events that are told the newest first. */
  private static final class OpenRuns {

    final List<Story.Entry> open = new ArrayList<>();

    /** The one that had them then. */
    private final long generation;

    /** By run, the attempt that is known of; one before it was over then. */
    private final Map<String, Long> known = new HashMap<>();

    /** Of what happened so far back, the runs that every rotation since carried; null: all. */
    private @Nullable Set<String> carried;

    OpenRuns(long generation) {
      this.generation = generation;
    }

    void before(Story.Entry event) {
      String run = event.runId();
      if (run != null) {
        boolean isNew = known.putIfAbsent(run, event.attempt()) == null;
        boolean runs = event.type().equals("RunStarted") || event.type().equals("RunProgressed");
        if (isNew && runs && (carried == null || carried.contains(run))) {
          open.add(event.in(generation));
        }
      } else if (event.endedGeneration() > 0) {
        Set<String> on = new HashSet<>();
        event
            .carriedRuns()
            .forEach(
                each -> {
                  if (carried == null || carried.contains(each)) {
                    on.add(each);
                  }
                });
        carried = on;
      }
    }
  }

  private static List<Story.Entry> merged(
      List<Story.Entry> events, List<Story.Entry> refusalsNewestFirst) {
    List<Story.Entry> refusals = new ArrayList<>(refusalsNewestFirst);
    Collections.reverse(refusals);
    List<Story.Entry> all = new ArrayList<>(events.size() + refusals.size());
    int next = 0;
    for (Story.Entry event : events) {
      while (next < refusals.size() && refusals.get(next).version() < event.version()) {
        all.add(refusals.get(next++));
      }
      all.add(event);
    }
    all.addAll(refusals.subList(next, refusals.size()));
    return all;
  }
}
