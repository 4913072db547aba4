package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The refusals. */
@Command(
    name = "list",
    header = "The refusals.%n",
    description = "The refusals over all sessions, newest first, with how often each was repeated.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --reason run-superseded --session agent:main:slack:channel:C1"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class DecisionList extends QueryVerb {

  /** What a decision's id leaves of a line. */
  private static final int SESSION_COLUMNS = 58;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those with this reason, for example run-superseded.")
  private @Nullable String reason;

  @Option(
      names = "--session",
      paramLabel = "KEY",
      description = "Only those of the session with this key.")
  private @Nullable String session;

  @Mixin private PageOptions page = new PageOptions();

  DecisionList(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(session);
    page.check(this);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.decisions("rejected", reason, session, page.page());
  }

  @Override
  void show(JsonNode document) {
    Style style = terminal().style();
    Table table =
        new Table(style).dim("LAST").right("TIMES").id("REASON").left("COMMAND").left("RUN");
    for (JsonNode refusal : document.path("items")) {
      table.row(
          Words.second(refusal, "lastAt"),
          Words.number(refusal.path("count").asLong(1)),
          Words.of(refusal, "reason"),
          Words.of(refusal, "commandType"),
          Words.of(refusal.path("presented"), "runId"));
      table.note(
          "  "
              + style.dim(Words.of(refusal, "decisionId"))
              + "  "
              + Shown.cut(Words.of(refusal, "sessionKey"), SESSION_COLUMNS));
    }
    if (table.isEmpty()) {
      say("No refusals.");
    } else {
      table.print(terminal().out());
    }
    PageOptions.sayMore(this, document);
  }
}
