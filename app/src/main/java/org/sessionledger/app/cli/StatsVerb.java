package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;

/** The totals. */
@Command(
    name = "stats",
    header = "The totals.%n",
    description =
        "Totals of the whole ledger. Every arrival has one verdict: arrivals = accepted +"
            + " duplicates + rejected.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --json"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class StatsVerb extends QueryVerb {

  StatsVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.stats();
  }

  @Override
  void show(JsonNode stats) {
    Table table = new Table(terminal().style()).left("").right("").left("");
    table.row("arrivals", number(stats, "arrivals"), "");
    table.row("  accepted", number(stats, "accepted"), "");
    table.row("  duplicates", number(stats, "duplicates"), "");
    table.row("  rejected", number(stats, "rejected"), "");
    stats
        .path("rejectedByReason")
        .properties()
        .forEach(
            reason ->
                table.row("    " + reason.getKey(), Words.number(reason.getValue().asLong()), ""));
    table.row("sessions", number(stats, "sessions"), "");
    table.row("active runs", number(stats, "activeRuns"), "");
    table.row("events", number(stats, "events"), "up to position " + number(stats, "position"));
    table.print(terminal().out());
  }

  private static String number(JsonNode stats, String field) {
    return Words.number(stats.path(field).asLong());
  }
}
