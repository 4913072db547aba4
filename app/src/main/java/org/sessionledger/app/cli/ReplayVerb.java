package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.replay.ByKey;
import org.sessionledger.app.replay.Redecision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.audit.BadBundle;
import org.sessionledger.core.store.audit.BundleReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A session's recorded arrivals, decided again. */
@Command(
    name = "replay",
    header = "Decide a session's recorded arrivals again.%n",
    description =
        "Decide everything that arrived for a session again, on a ledger in memory, with the"
            + " program as it is now, and tell what would be decided otherwise. With --policy"
            + " by-key, tell what a store that is addressed by key alone would have displayed.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1",
      "  ${COMMAND-FULL-NAME} incident.jsonl",
      "  ${COMMAND-FULL-NAME} incident.jsonl --policy by-key"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every decision is the same; with --policy by-key, whatever it shows",
      Exit.FAILED_HELP,
      Exit.WRONG_USAGE_HELP,
      Exit.DIFFERENCE_HELP
    })
final class ReplayVerb extends StoreVerb {

  private static final int TOLD_MAX = 100;

  @Parameters(
      paramLabel = "KEY|FILE",
      description =
          "A bundle of 'session export', when there is a file of that name; else a session's key.")
  private String what = "";

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "ledger",
      description =
          "Who decides: ledger (this program, when not given), or by-key (a store without a fence,"
              + " where the last report of any run wins).")
  private String policy = "ledger";

  ReplayVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    if (!policy.equals("ledger") && !policy.equals("by-key")) {
      throw wrongUsage("--policy is '" + policy + "', known are ledger and by-key");
    }
    storage();
    Path file = file();
    if (file != null) {
      return replay(file, what);
    }
    SessionExport.requireKey(what, this);
    Path bundle = Files.createTempFile("session-ledger-", ".jsonl");
    try {
      try (LedgerDoor.Opened ledger = openLedger();
          OutputStream out = new BufferedOutputStream(Files.newOutputStream(bundle))) {
        ledger.api().bundle(what, out);
      }
      return replay(bundle, "The bundle of " + what);
    } finally {
      Files.deleteIfExists(bundle);
    }
  }

  private @Nullable Path file() {
    try {
      Path file = Path.of(what);
      return Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private int replay(Path file, String name) throws IOException {
    HomeCalls.forbid();
    try {
      // Read to its end before anything is done with it.
      String key = whole(file).sessionKey();
      try (InputStream in = Files.newInputStream(file)) {
        return policy.equals("by-key") ? show(ByKey.of(in, key)) : show(Redecision.of(in, key));
      }
    } catch (BadBundle e) {
      throw new Failure(
          name
              + " is no bundle, or was changed since it was exported; "
              + e.getMessage()
              + ". Nothing was decided.",
          e);
    } catch (IOException e) {
      throw new Failure(name + " cannot be read: " + DataFolder.reason(e) + ".", e);
    }
  }

  private static BundleReader.Contents whole(Path file) throws IOException, BadBundle {
    try (InputStream in = Files.newInputStream(file)) {
      return BundleReader.read(in, BundleReader.Taker.NOBODY);
    }
  }

  private int show(Redecision.Report report) {
    boolean same = report.different() == 0;
    if (json()) {
      ObjectNode document = Json.mapper().valueToTree(report);
      print(document);
      return same ? Exit.DONE : Exit.DIFFERENCE;
    }
    Style style = terminal().style();
    say(
        Words.count(report.steps(), "arrival")
            + " of "
            + Shown.text(report.sessionKey())
            + " decided again: "
            + Words.number(report.accepted())
            + " accepted, "
            + Words.count(report.duplicates(), "duplicate")
            + ", "
            + Words.number(report.rejected())
            + " rejected.");
    if (report.notRepeatable() > 0) {
      say(
          Words.count(report.notRepeatable(), "arrival")
              + " could not be decided again: only a text was kept of what was no command.");
    }
    if (same) {
      say(style.good("Every decision is the same."));
      return Exit.DONE;
    }
    say(style.bad(Words.count(report.different(), "decision differs", "decisions differ") + ":"));
    report.differences().stream()
        .limit(TOLD_MAX)
        .forEach(
            difference -> {
              say("");
              say(
                  Shown.text(
                      "#"
                          + difference.step()
                          + "  "
                          + difference.at()
                          + "  "
                          + difference.commandType()
                          + (difference.runId() == null ? "" : " of " + difference.runId())
                          + "  "
                          + difference.commandId()));
              say("  recorded  " + Shown.text(difference.recorded().toString()));
              say("  now       " + Shown.text(difference.now().toString()));
            });
    if (report.different() > TOLD_MAX) {
      say("");
      say("… and " + Words.count(report.different() - TOLD_MAX, "more") + "; --json has them.");
    }
    return Exit.DIFFERENCE;
  }

  private int show(ByKey.Report report) {
    JsonNode document = Json.mapper().valueToTree(report);
    if (json()) {
      print(document);
      return Exit.DONE;
    }
    Table table =
        new Table(terminal().style())
            .dim("AT")
            .left("ARRIVAL")
            .left("RUN")
            .status("VERDICT")
            .left("BY KEY")
            .left("LEDGER")
            .right("");
    for (JsonNode item : document.path("items")) {
      table.row(
          Words.time(item, "at").replaceFirst("^\\S+ ", ""),
          Words.of(item, "commandType"),
          Words.of(item, "runId"),
          Words.of(item, "verdict"),
          told(item.path("shown")),
          told(item.path("ledger")),
          item.path("differs").booleanValue() ? "≠" : "");
    }
    table.print(terminal().out());
    say("");
    say(Shown.text(report.summary()));
    return Exit.DONE;
  }

  private static String told(JsonNode row) {
    return row.isMissingNode()
        ? Words.NONE
        : Words.of(row, "status") + " (" + Words.of(row, "sessionId") + ")";
  }

  private void say(String line) {
    terminal().out().println(line);
  }
}
