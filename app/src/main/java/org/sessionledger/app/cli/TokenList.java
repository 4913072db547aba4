package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;

/** The tokens that were given. */
@Command(
    name = "list",
    header = "The tokens, without what opens the door.%n",
    description = "The tokens that were ever given, oldest first, and which of them are good.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class TokenList extends QueryVerb {

  TokenList(Terminal terminal) {
    super(terminal);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.tokens();
  }

  @Override
  void show(JsonNode document) {
    Table table =
        new Table(terminal().style())
            .left("ID")
            .left("NAME")
            .left("ROLE")
            .left("PREFIX")
            .left("STATE")
            .left("EXPIRES");
    for (JsonNode token : document.path("items")) {
      table.row(
          Words.of(token, "id"),
          Words.of(token, "name"),
          Words.of(token, "role"),
          Words.of(token, "prefix"),
          Words.of(token, "state"),
          Words.of(token, "expiresAt"));
    }
    table.print(terminal().out());
  }
}
