package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a token. */
@Command(
    name = "revoke",
    header = "Take a token: nobody comes in with it any more.%n",
    description =
        "Take a token, at once where a server runs on the data folder, and within two seconds on"
            + " every other server of the database.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} 3f9a2c71d0"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class TokenRevoke extends QueryVerb {

  @Parameters(paramLabel = "ID", description = "The token's id, as 'token list' shows it.")
  private String id = "";

  TokenRevoke(Terminal terminal) {
    super(terminal);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.revokeToken(id);
  }

  @Override
  void show(JsonNode document) {
    say(
        "Token "
            + Words.of(document, "id")
            + " of "
            + Words.of(document, "name")
            + " is revoked since "
            + Words.of(document, "revokedAt")
            + ".");
  }
}
