package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;

/**
 * What was decided about a session within a range of its versions, in the order in which it was
 * decided. A refusal stands after the event whose version the session had then.
 *
 * @param first the first version of the range
 * @param last the last one
 * @param newest of the session
 * @param refusalsLeftOut true when there were more than a page can show
 */
record Story(
    String sessionKey,
    long first,
    long last,
    long newest,
    List<Entry> entries,
    boolean refusalsLeftOut) {

  /** Versions of a range, and refusals, that are read at most. */
  static final int ENTRIES_MAX = 10_000;

  /**
   * An event or a refusal.
   *
   * @param version the event's own, or the one that the session had at the refusal
   * @param generation the one that is current after an event, or that a refusal is about
   */
  record Entry(
      boolean refusal,
      long version,
      String type,
      long generation,
      @Nullable String runId,
      long attempt,
      Doc doc) {

    static Entry event(JsonNode item) {
      return new Entry(
          false,
          item.path("version").asLong(),
          item.path("type").asText(),
          item.path("generation").asLong(),
          item.path("runId").textValue(),
          item.path("attempt").asLong(),
          new Doc(item));
    }

    static Entry refusal(JsonNode line) {
      JsonNode presented = line.path("presented");
      JsonNode current = line.at("/current/generation");
      return new Entry(
          true,
          line.path("afterVersion").asLong(),
          line.path("commandType").asText("?"),
          // What it was about: an ended generation, when the refusal found one.
          line.at("/ended/generation")
              .asLong(presented.path("generation").asLong(current.asLong())),
          presented.path("runId").textValue(),
          presented.path("attempt").asLong(),
          new Doc(line));
    }

    /** When it was decided first. */
    public @Nullable String when() {
      return doc.text(refusal ? "firstAt" : "recordedAt");
    }

    /** Arrivals that it stands for. */
    public long count() {
      return refusal ? Math.max(1, doc.number("count")) : 1;
    }
  }

  /**
   * Reads a range.
   *
   * @param from null: so far back as a picture goes
   * @param to null: up to the newest
   */
  static Story read(
      LedgerApi ledger, String sessionKey, long newest, @Nullable Long from, @Nullable Long to) {
    long last = Math.min(newest, Math.max(1, to == null ? newest : to));
    long first = Math.max(1, from == null ? last - ENTRIES_MAX + 1 : Math.min(from, last));
    last = Math.min(last, first + ENTRIES_MAX - 1);
    List<Entry> events = events(ledger, sessionKey, first, last);
    List<Entry> refusals = refusals(ledger, sessionKey, first, last);
    boolean leftOut = refusals.size() > ENTRIES_MAX;
    return new Story(
        sessionKey,
        first,
        last,
        newest,
        merged(events, leftOut ? refusals.subList(0, ENTRIES_MAX) : refusals),
        leftOut);
  }

  static List<Entry> events(LedgerApi ledger, String sessionKey, long first, long last) {
    List<Entry> events = new ArrayList<>();
    long after = first - 1;
    while (after < last) {
      int limit = (int) Math.min(LedgerApi.Page.LIMIT_MAX, last - after);
      JsonNode items =
          ledger
              .timeline(sessionKey, null, LedgerApi.Page.ofEventsAfter(after, limit))
              .path("items");
      items.forEach(item -> events.add(Entry.event(item)));
      after = items.size() < limit ? last : after + limit;
    }
    return events;
  }

  /** Newest first, because those of long ago need not be read then. */
  private static List<Entry> refusals(LedgerApi ledger, String sessionKey, long first, long last) {
    List<Entry> refusals = new ArrayList<>();
    String cursor = null;
    do {
      JsonNode page =
          ledger.decisions(
              "rejected",
              null,
              sessionKey,
              null,
              new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, cursor));
      cursor = page.path("nextCursor").textValue();
      for (JsonNode line : page.path("items")) {
        Entry refusal = Entry.refusal(line);
        if (refusal.version() < first && first > 1) {
          return refusals;
        }
        if (refusal.version() <= last) {
          refusals.add(refusal);
        }
      }
    } while (cursor != null && refusals.size() <= ENTRIES_MAX);
    return refusals;
  }

  private static List<Entry> merged(List<Entry> events, List<Entry> refusalsNewestFirst) {
    List<Entry> refusals = new ArrayList<>(refusalsNewestFirst);
    Collections.reverse(refusals);
    List<Entry> all = new ArrayList<>(events.size() + refusals.size());
    int next = 0;
    for (Entry event : events) {
      while (next < refusals.size() && refusals.get(next).version() < event.version()) {
        all.add(refusals.get(next++));
      }
      all.add(event);
    }
    all.addAll(refusals.subList(next, refusals.size()));
    return all;
  }

  /** Differs whenever a picture or a table of the range does. */
  public String stamp() {
    return newest
        + "."
        + first
        + "."
        + last
        + "."
        + entries.size()
        + "."
        + entries.stream().mapToLong(Entry::count).sum();
  }

  /** The newest first, for a table. */
  List<Entry> page(int page) {
    int end = entries.size() - page * Pages.LIST;
    if (end <= 0) {
      return List.of();
    }
    List<Entry> items = new ArrayList<>(entries.subList(Math.max(0, end - Pages.LIST), end));
    Collections.reverse(items);
    return items;
  }

  public int pages() {
    return (entries.size() + Pages.LIST - 1) / Pages.LIST;
  }
}
