package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All sessions. */
@Command(
    name = "list",
    header = "All sessions and their status.%n",
    description = "The sessions and what each is doing now, the newest change first.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --status running --prefix agent:main: --limit 20"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionList extends QueryVerb {

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only those that are idle, running, done, failed, aborted, interrupted, closed or"
              + " migrated.")
  private @Nullable String status;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "Only those whose key begins with this.")
  private @Nullable String prefix;

  @Mixin private PageOptions page = new PageOptions();

  SessionList(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    page.check(this);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.sessions(status, prefix, page.page());
  }

  @Override
  void show(JsonNode document) {
    Table table =
        new Table(terminal().style())
            .left("SESSION")
            .status("STATUS")
            .right("ACTIVE")
            .right("GEN")
            .right("VERSION")
            .left("LAST RUN")
            .dim("CHANGED");
    for (JsonNode session : document.path("items")) {
      table.row(
          Words.of(session, "sessionKey"),
          Words.of(session, "status"),
          session.path("activeRuns").asLong(),
          session.path("generation").asLong(),
          session.path("version").asLong(),
          Words.of(session.path("lastRun"), "runId"),
          Words.second(session, "changedAt"));
    }
    if (table.isEmpty()) {
      say("No sessions.");
    } else {
      table.print(terminal().out());
    }
    PageOptions.sayMore(this, document);
  }
}
