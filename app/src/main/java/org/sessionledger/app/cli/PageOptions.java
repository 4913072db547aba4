package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Option;

/** Which part of a list is asked for. */
final class PageOptions {

  static final int LIMIT_MAX = 1_000;

  private static final int LATE = 800;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      order = LATE,
      description = "At most so many entries, 1 to 1000; 100 when not given.")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      order = LATE + 1,
      description = "Go on where a page ended, with its nextCursor.")
  private @Nullable String cursor;

  LedgerApi.Page page() {
    return new LedgerApi.Page(limit, cursor);
  }

  void check(Verb verb) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw verb.wrongUsage("--limit is " + limit + ", a number from 1 to 1000 is expected");
    }
  }

  /** Says how the list goes on. */
  static void sayMore(QueryVerb verb, JsonNode document) {
    String next = Words.of(document, "nextCursor");
    if (!next.equals(Words.NONE)) {
      verb.say("");
      verb.say(
          verb.terminal().style().dim("There is more: --cursor " + Shell.quote(Shown.text(next))));
    }
  }
}
