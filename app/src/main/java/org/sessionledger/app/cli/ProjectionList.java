package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;

/** The views. */
@Command(
    name = "list",
    header = "The views, and how far they are.%n",
    description =
        "The views, the position that each has reached, how many events it is behind, and how many"
            + " sessions it leaves alone because it could not take one of their events.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class ProjectionList extends QueryVerb {

  ProjectionList(Terminal terminal) {
    super(terminal);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.projections();
  }

  @Override
  void show(JsonNode document) {
    Table table =
        new Table(terminal().style())
            .left("VIEW")
            .right("POSITION")
            .right("BEHIND")
            .right("PARKED")
            .left("STATE");
    for (JsonNode view : document.path("items")) {
      table.row(
          Words.of(view, "name"),
          Words.number(view.path("position").asLong()),
          Words.number(view.path("lag").asLong()),
          Words.number(view.path("parked").asLong()),
          Words.of(view, "state"));
    }
    table.print(terminal().out());
    document.path("items").forEach(this::showParked);
  }

  private void showParked(JsonNode view) {
    for (JsonNode parked : view.path("parkedSessions")) {
      say("");
      say(
          Words.of(view, "name")
              + " leaves "
              + Words.of(parked, "sessionKey")
              + " alone from version "
              + parked.path("version").asLong()
              + " on: "
              + Words.of(parked, "error"));
    }
  }
}
