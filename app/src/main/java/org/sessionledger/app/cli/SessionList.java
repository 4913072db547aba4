package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All sessions. */
@Command(
    name = "list",
    header = "All sessions and their status.%n",
    description =
        "The sessions and what each is doing now, the newest change first; or what each was doing at"
            + " a moment of the past, in the order in which they were opened.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --status running --prefix agent:main: --limit 20",
      "  ${COMMAND-FULL-NAME} --at 2026-05-31T09:00:00Z --all --json"
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

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "As they were at this instant of the ledger's clock.")
  private @Nullable String at;

  @Option(
      names = "--at-position",
      paramLabel = "N",
      description = "As they were right after the event with this position of the ledger.")
  private @Nullable Long atPosition;

  @Option(
      names = "--all",
      description = "With --at or --at-position: all of them; with --json, one a line.")
  private boolean all;

  @Mixin private PageOptions page = new PageOptions();

  SessionList(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    page.check(this);
    if (at != null && atPosition != null) {
      throw wrongUsage("--at and --at-position exclude each other");
    }
    if (all && at == null && atPosition == null) {
      throw wrongUsage("--all needs --at or --at-position: what is now changes while it is listed");
    }
    when();
  }

  private LedgerApi.@Nullable When when() {
    Instant instant = at == null ? null : SessionShow.instant(this, at);
    return instant == null && atPosition == null ? null : new LedgerApi.When(atPosition, instant);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return ask(api, page.page());
  }

  private JsonNode ask(LedgerApi api, LedgerApi.Page part) {
    LedgerApi.When when = when();
    return when == null
        ? api.sessions(status, prefix, part)
        : api.sessionsAt(when, status, prefix, part);
  }

  @Override
  int run(LedgerApi api) {
    if (!all) {
      return super.run(api);
    }
    String cursor = page.page().cursor();
    do {
      JsonNode part = ask(api, new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, cursor));
      cursor = part.path("nextCursor").textValue();
      if (json()) {
        part.path("items").forEach(session -> print(session, false));
      } else {
        ((ObjectNode) part).remove("nextCursor");
        show(part);
      }
    } while (cursor != null);
    return Exit.DONE;
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
