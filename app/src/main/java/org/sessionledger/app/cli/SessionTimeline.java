package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What was decided about a session. */
@Command(
    name = "timeline",
    header = "Everything that was decided about a session.%n",
    description =
        "Everything that was decided about a session, in that order: the accepted events, and the"
            + " refusals with how often each was repeated.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionTimeline extends QueryVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Mixin private PageOptions page = new PageOptions();

  SessionTimeline(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(key);
    page.check(this);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.timeline(key, null, page.page());
  }

  @Override
  void show(JsonNode document) {
    Table table =
        new Table(terminal().style())
            .dim("TIME")
            .right("VERSION")
            .right("GEN")
            .left("WHAT")
            .left("RUN")
            .left("");
    for (JsonNode item : document.path("items")) {
      if (Words.of(item, "kind").equals("refusal")) {
        refusal(table, item);
      } else {
        event(table, item);
      }
    }
    table.print(terminal().out());
    PageOptions.sayMore(this, document);
  }

  private static void event(Table table, JsonNode event) {
    String reason = Words.of(event, "reason");
    String at = Words.time(event, event.has("recordedAt") ? "recordedAt" : "at");
    table.row(
        at,
        Words.of(event, "version"),
        Words.of(event, "generation"),
        Words.of(event, "type"),
        run(event),
        reason.equals(Words.NONE) ? "" : reason);
  }

  private static void refusal(Table table, JsonNode refusal) {
    long count = refusal.path("count").asLong(1);
    table.row(
        Words.time(refusal, "firstAt"),
        "✗",
        Words.of(refusal.path("current"), "generation"),
        Words.of(refusal, "commandType"),
        run(refusal.path("presented")),
        "refused: " + Words.of(refusal, "reason") + (count > 1 ? " × " + Words.number(count) : ""));
  }

  private static String run(JsonNode node) {
    String attempt = node.path("attempt").asLong(1) > 1 ? "#" + node.path("attempt") : "";
    return node.hasNonNull("runId") ? Words.of(node, "runId") + attempt : "";
  }
}
