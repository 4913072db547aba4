package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The audit of a rotation. */
@Command(
    name = "audit",
    header = "The audit of a reset or another rotation.%n",
    description =
        "The audit of the reset (or other rotation) that ended a generation: the identity before"
            + " and after, what was running, what arrived too late, and the proof that nothing of"
            + " the ended generation changed the new one.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1 --generation 1 --json"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionAudit extends QueryVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Option(
      names = "--generation",
      paramLabel = "N",
      description = "The generation that was ended; the latest that was, when not given.")
  private @Nullable Long generation;

  SessionAudit(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(key);
    if (generation != null && generation < 1) {
      throw wrongUsage("--generation is " + generation + ", generations count from 1");
    }
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.audit(key, generation, null);
  }

  @Override
  void show(JsonNode audit) {
    say(terminal().style().bold(Shown.cut(Words.of(audit, "sessionKey"), Table.WIDTH)));
    AuditTale.print(terminal(), "  ", audit);
  }
}
