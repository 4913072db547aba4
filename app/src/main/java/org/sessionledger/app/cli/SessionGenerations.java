package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The lives of a session. */
@Command(
    name = "generations",
    header = "The generations of a session.%n",
    description =
        "The generations of a session, oldest first: what began and ended each, by whom and why,"
            + " and what became of its open runs.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionGenerations extends QueryVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Mixin private PageOptions page = new PageOptions();

  SessionGenerations(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(key);
    page.check(this);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.generations(key, null, page.page());
  }

  @Override
  void show(JsonNode document) {
    Style style = terminal().style();
    for (JsonNode generation : document.path("items")) {
      boolean ended = generation.hasNonNull("endedAt");
      say(
          style.bold("generation " + Words.of(generation, "generation"))
              + "  "
              + Shown.cut(Words.of(generation, "sessionId"), 60)
              + (ended ? "" : "  " + style.good("current")));
      Table table = new Table(style, "  ").dim("").dim("").left("");
      table.row("began", Words.time(generation, "startedAt"), by(generation.path("startedBy")));
      if (ended) {
        table.row("ended", Words.time(generation, "endedAt"), by(generation.path("endedBy")));
      }
      if (!generation.path("carriedRuns").isEmpty()) {
        table.row("carried", "", Words.joined(generation.path("carriedRuns")));
      }
      if (!generation.path("supersededRuns").isEmpty()) {
        table.row("superseded", "", Words.joined(generation.path("supersededRuns")));
      }
      JsonNode origin = generation.path("origin");
      if (origin.isObject()) {
        table.row("origin", "", Words.of(origin, "kind") + " of " + Words.of(origin, "sessionKey"));
      }
      table.print(terminal().out());
    }
    PageOptions.sayMore(this, document);
  }

  private static String by(JsonNode cause) {
    String actor = Words.of(cause, "actor");
    String reason = Words.of(cause, "reason");
    return Words.of(cause, "type")
        + " (version "
        + Words.of(cause, "version")
        + ")"
        + (actor.equals(Words.NONE) ? "" : " by " + actor)
        + (reason.equals(Words.NONE) ? "" : ": " + reason);
  }
}
