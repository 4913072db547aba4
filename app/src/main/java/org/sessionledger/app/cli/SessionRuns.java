package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The runs of a session. */
@Command(
    name = "runs",
    header = "The runs of a session.%n",
    description =
        "Every run attempt of a session, oldest first: who owns it, how it ended, and what it"
            + " reported too late.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionRuns extends QueryVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Mixin private PageOptions page = new PageOptions();

  SessionRuns(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(key);
    page.check(this);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.runs(key, null, page.page());
  }

  @Override
  void show(JsonNode document) {
    Table table =
        new Table(terminal().style())
            .left("RUN")
            .right("ATT")
            .right("GEN")
            .status("STATUS")
            .dim("STARTED")
            .right("TOOK")
            .right("REFUSED")
            .left("ERROR");
    for (JsonNode run : document.path("items")) {
      long refused = 0;
      for (JsonNode report : run.path("refusedReports")) {
        refused += report.path("count").asLong(1);
      }
      String message = Words.of(run, "errorMessage");
      table.row(
          Words.of(run, "runId"),
          run.path("attempt").asLong(),
          run.path("generation").asLong(),
          Words.of(run, "status"),
          Words.second(run, "startedAt"),
          Words.took(run, "startedAt", "endedAt"),
          refused == 0 ? Words.NONE : refused,
          message.equals(Words.NONE) ? Words.of(run, "errorKind") : message);
    }
    if (table.isEmpty()) {
      say("No runs.");
    } else {
      table.print(terminal().out());
    }
    PageOptions.sayMore(this, document);
  }
}
