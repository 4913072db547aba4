package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about a session within a range of its versions, in the order in which it was
 * decided. A refusal stands after the event whose version the session had then.
 *
 * @param first the first version of the range
 * @param last the last one
 * @param newest of the session
 * @param before where the runs were seen last that were open when the range began
 * @param refusalsLeftOut true when there were more than a page can show
 * @param runsLeftOut true when more runs were open when the range began
 */
record Story(
    String sessionKey,
    long first,
    long last,
    long newest,
    List<Entry> before,
    List<Entry> entries,
    boolean refusalsLeftOut,
    boolean runsLeftOut) {

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

    /** The same in the lane of another generation. */
    Entry in(long other) {
      return new Entry(refusal, version, type, other, runId, attempt, doc);
    }

    /** The generation that a rotation ended, 0 when it is none. */
    long endedGeneration() {
      JsonNode details = doc.node().path("details");
      return details.at("/ended/generation").asLong(details.at("/closed/generation").asLong());
    }

    /** The runs that go on in the generation that a rotation began. */
    List<String> carriedRuns() {
      List<String> runs = new ArrayList<>();
      doc.node().at("/details/carriedRuns").forEach(run -> runs.add(run.path("runId").asText()));
      return runs;
    }

    /** Arrivals that it stands for. */
    public long count() {
      return refusal ? Math.max(1, doc.number("count")) : 1;
    }
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
