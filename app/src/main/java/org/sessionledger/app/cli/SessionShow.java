package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One session. */
@Command(
    name = "show",
    header = "One session, as it is now or as it was.%n",
    description = "The current generation, what runs in it, the last run and its end.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1 --at-version 4",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1 --at 2026-05-31T09:00:00Z --json"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionShow extends QueryVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Option(
      names = "--at-version",
      paramLabel = "N",
      description = "As its event with this version left it.")
  private @Nullable Long atVersion;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "As it was at this instant of the ledger's clock.")
  private @Nullable String at;

  SessionShow(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    requireKey(key);
    if (atVersion != null && at != null) {
      throw wrongUsage("--at-version and --at exclude each other");
    }
    instant();
  }

  private @Nullable Instant instant() {
    return at == null ? null : instant(this, at);
  }

  static Instant instant(Verb verb, String at) {
    try {
      return OffsetDateTime.parse(at).toInstant();
    } catch (DateTimeException e) {
      throw verb.wrongUsage("--at is no instant such as 2026-05-31T09:00:00Z: '" + at + "'");
    }
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.session(key, new LedgerApi.Moment(atVersion, instant(), null));
  }

  @Override
  void show(JsonNode session) {
    SessionCard.print(session, terminal());
  }
}
