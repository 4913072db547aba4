package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rebuilds or checks a view. */
@Command(
    name = "rebuild",
    header = "Make a view anew from the events, while the old one serves.%n",
    description = {
      "A new table is filled from all events, compared with the one that serves, session by session,"
          + " and takes its place in one step. Where the two differ, nothing is switched: the"
          + " differences are shown, and it is for you to say which of them is right.",
      "",
      "One rebuild at a time. On a server's folder the server does it: interrupting this command"
          + " leaves it running, --cancel ends it."
    },
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} status",
      "  ${COMMAND-FULL-NAME} runs --check",
      "  ${COMMAND-FULL-NAME} runs --accept",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP, Exit.DIFFERENCE_HELP})
final class ProjectionRebuild extends LedgerVerb {

  private static final Duration LOOK = Duration.ofMillis(200);

  /** What is wanted other than a rebuild that switches when nothing differs. */
  private static final class Other {
    @Option(
        names = "--accept",
        description =
            "Switch even if the new table differs: after a bug of the view was mended, the new one"
                + " is right.")
    private boolean accept;

    @Option(
        names = "--check",
        description = "Only compare: say whether the view is what the events make of it.")
    private boolean check;

    @Option(names = "--cancel", description = "End the rebuild of the view that is under way.")
    private boolean cancel;
  }

  @Parameters(paramLabel = "NAME", description = "The view: see projection list.")
  private String name = "";

  @ArgGroup private @Nullable Other other;

  ProjectionRebuild(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(LedgerApi api) throws InterruptedException {
    if (other != null && other.cancel) {
      return told(api.cancelRebuild(name), "The rebuild of " + name + " ends now.");
    }
    JsonNode report = api.rebuild(name, mode());
    Progress progress = new Progress(terminal(), !json());
    while (report.path("state").asText().equals("running")) {
      String told = told(report);
      progress.at(() -> told, report.path("events").asLong(), report.path("total").asLong());
      Thread.sleep(LOOK.toMillis());
      report = api.rebuildReport(name);
    }
    progress.clear();
    if (json()) {
      print(report);
    } else {
      show(report);
    }
    return status(report);
  }

  private int told(JsonNode report, String sentence) {
    if (json()) {
      print(report);
    } else {
      say(sentence);
    }
    return Exit.DONE;
  }

  private String mode() {
    if (other == null) {
      return "switch";
    }
    if (other.accept) {
      return "accept";
    }
    return other.check ? "check" : "switch";
  }

  private static String told(JsonNode report) {
    String rate = Words.number(report.path("eventsPerSecond").asLong()) + " events/s";
    JsonNode left = report.path("secondsLeft");
    return report.path("phase").asText()
        + ", "
        + rate
        + (left.isNumber() ? ", " + Words.number(left.asLong()) + " s left" : "");
  }

  private static int status(JsonNode report) {
    boolean done = report.path("state").asText().equals("done");
    boolean differs =
        report.path("mismatches").asLong() > 0 && !report.path("switched").asBoolean();
    if (differs) {
      return Exit.DIFFERENCE;
    }
    return done ? Exit.DONE : Exit.FAILED;
  }

  private void show(JsonNode report) {
    long mismatches = report.path("mismatches").asLong();
    boolean done = report.path("state").asText().equals("done");
    String size =
        Words.number(report.path("events").asLong())
            + " events at "
            + Words.number(report.path("eventsPerSecond").asLong())
            + " a second";
    if (!done && mismatches == 0) {
      throw new Failure(
          "The rebuild of "
              + name
              + " failed, the old table still serves: "
              + report.path("error").asText()
              + ".");
    }
    if (mismatches == 0) {
      say(name + " is what the events make of it: " + size + ", no session differs.");
    } else {
      say(name + " differs from what the events make of it in " + sessions(mismatches) + ".");
      report.path("differences").forEach(this::showDifference);
    }
    report
        .path("parked")
        .forEach(
            parked ->
                say(
                    "  cannot be folded: "
                        + Words.of(parked, "sessionKey")
                        + " from version "
                        + parked.path("version").asLong()
                        + " on: "
                        + Words.of(parked, "error")));
    if (report.path("switched").asBoolean()) {
      say("The new table serves.");
    } else if (mismatches > 0) {
      say("The old table still serves. If the new one is right: projection rebuild --accept.");
    }
  }

  private static String sessions(long count) {
    return count == 1 ? "1 session" : Words.number(count) + " sessions";
  }

  private void showDifference(JsonNode difference) {
    say("  " + Words.of(difference, "sessionKey"));
    for (JsonNode row : difference.path("rows")) {
      say("    " + Words.of(row, "row"));
      show("it has     ", row.path("live"));
      show("it should  ", row.path("rebuilt"));
    }
  }

  private void show(String what, JsonNode columns) {
    if (columns.isMissingNode() || columns.isNull()) {
      say("      " + what + "no such row");
      return;
    }
    columns
        .properties()
        .forEach(
            column ->
                say(
                    "      "
                        + what
                        + column.getKey()
                        + " = "
                        + Shown.text(column.getValue().asText())));
  }

  private void say(String line) {
    terminal().out().println(line);
  }
}
