package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.disk.ApiKnown;
import org.sessionledger.app.openclaw.disk.Import;
import org.sessionledger.app.openclaw.disk.ImportListener;
import org.sessionledger.app.openclaw.disk.Order;
import org.sessionledger.app.openclaw.disk.StoreImport;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a gateway keeps on disk into the ledger. */
@Command(
    name = "import",
    header = "Import what an OpenClaw gateway keeps on disk.%n",
    description =
        "Rebuild the history of a gateway's sessions from what it keeps on disk, as far as the"
            + " records prove it, and tell which recorded changes the ledger would have refused."
            + " Nothing is written into the folder. What the ledger has already is not said again."
            + " What cannot be read is told on stderr and skipped.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} ~/.openclaw",
      "  ${COMMAND-FULL-NAME} ~/.openclaw --agent main --data ./ledger-data --json"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:imported, whatever the store holds",
      Exit.FAILED_HELP,
      Exit.WRONG_USAGE_HELP
    })
final class OpenclawImport extends LedgerVerb {

  /** Problems that are told one by one. */
  private static final int UNREADABLE_MAX = 100;

  private static final int PROBLEM_COLUMNS_MAX = 500;

  @Parameters(
      paramLabel = "DIR",
      description =
          "The gateway's state folder, the folder of one agent in it, or one that holds a"
              + " sessions.json.")
  private String folder = "";

  @Option(names = "--agent", paramLabel = "NAME", description = "Import only this agent.")
  private @Nullable String agent;

  OpenclawImport(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    storage();
    folder(); // A missing folder is told before a ledger is opened.
    return super.run();
  }

  @Override
  int run(LedgerApi api) {
    Listener listener = new Listener();
    Import done;
    try {
      done = StoreImport.run(folder(), agent, new ApiDecider(api), new ApiKnown(api), listener);
    } catch (IOException e) {
      throw new Failure(folder + " cannot be read: " + DataFolder.reason(e) + ".", e);
    } finally {
      listener.progress.clear();
    }
    long untold = done.unreadableRecords() - UNREADABLE_MAX;
    if (untold > 0) {
      terminal().err().println("… and " + Words.count(untold, "more problem") + ".");
    }
    if (json()) {
      JsonNode document = Json.mapper().valueToTree(done);
      print(document);
    } else {
      new ImportReport(terminal(), whereOptions())
          .print(done, listener.refusals, listener.refusalsLeftOut);
    }
    return Exit.DONE;
  }

  private Path folder() {
    return folder("DIR", folder);
  }

  /** Hears the import. */
  private final class Listener implements ImportListener {

    private final Progress progress = new Progress(terminal(), true);
    private final List<ImportReport.Refused> refusals = new ArrayList<>();
    private long refusalsLeftOut;
    private long told;

    @Override
    public void decided(Order order, Ruling ruling) {
      if (ruling.verdict() == Verdict.REJECTED) {
        if (refusals.size() < ReplayReport.REFUSALS_MAX) {
          refusals.add(new ImportReport.Refused(order, ruling));
        } else {
          refusalsLeftOut++;
        }
      }
    }

    @Override
    public void unreadable(String where, String problem) {
      if (told++ < UNREADABLE_MAX) {
        progress.clear();
        terminal().err().println(Shown.cut(where + ": " + problem, PROBLEM_COLUMNS_MAX));
      }
    }

    @Override
    public void progress(String what, long done, long total) {
      progress.at(what + "  " + Words.number(done), done, total);
    }
  }
}
