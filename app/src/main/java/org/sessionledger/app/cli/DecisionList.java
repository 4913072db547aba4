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
    description =
        "The refusals over all sessions, newest first, with how often each was repeated.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --reason run-superseded --session agent:main:slack:channel:C1"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class DecisionList extends QueryVerb {

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
    Table table =
        new Table(terminal().style())
            .dim("LAST")
            .right("COUNT")
            .left("REASON")
            .left("COMMAND")
            .left("SESSION")
            .left("DECISION");
    for (JsonNode refusal : document.path("items")) {
      table.row(
          Words.time(refusal, "lastAt"),
          Words.number(refusal.path("count").asLong(1)),
          Words.of(refusal, "reason"),
          Words.of(refusal, "commandType"),
          Words.of(refusal, "sessionKey"),
          Words.of(refusal, "decisionId"));
    }
    if (table.isEmpty()) {
      say("No refusals.");
    } else {
      table.print(terminal().out());
    }
    PageOptions.sayMore(this, document);
  }
}
