package org.sessionledger.app.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands in, decisions out. */
@Command(
    name = "send",
    header = "Send commands as NDJSON, get decisions as NDJSON.%n",
    description =
        "Send commands, one JSON object a line; print a decision for each, one JSON object a line,"
            + " in the same order. A line that is no command is decided 'invalid', and the others"
            + " go on. Blank lines are skipped. With --dry-run each decision is the one that would be"
            + " made on what is stored, each line alone; nothing is written or counted, and a line"
            + " that is no JSON object is told, not sent.",
    footer = {
      "",
      "Examples:",
      "  echo '{\"type\":\"OpenSession\",\"sessionKey\":\"demo\"}' | ${COMMAND-FULL-NAME} -",
      "  ${COMMAND-FULL-NAME} commands.ndjson > decisions.ndjson",
      "  ${COMMAND-FULL-NAME} --dry-run commands.ndjson"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:decided, whatever the decisions say",
      Exit.FAILED_HELP,
      Exit.WRONG_USAGE_HELP,
      Exit.REFUSED_HELP
    })
final class CommandSend extends LedgerVerb {

  @Parameters(paramLabel = "FILE", description = "The file with the commands; - for stdin.")
  private String file = "";

  @Option(names = "--dry-run", description = "Only tell what would be decided.")
  private boolean dryRun;

  CommandSend(Terminal terminal) {
    super(terminal);
  }

  /** What is printed is decisions, and nothing else. */
  @Override
  boolean tellsFailureAsJson() {
    return false;
  }

  @Override
  int run() throws Exception {
    storage();
    open().close(); // A missing file is told before a ledger is opened.
    return super.run();
  }

  @Override
  int run(LedgerApi api) throws IOException {
    try (InputStream in = open();
        CommandLines lines = new CommandLines(in)) {
      return new Sending(api, this, name(), total(), dryRun).run(lines);
    }
  }

  private InputStream open() {
    if (file.equals("-")) {
      return new FilterInputStream(terminal().in()) {
        @Override
        public void close() {
          // stdin is not this verb's to close.
        }
      };
    }
    Path path = path("FILE", file);
    try {
      if (Files.isDirectory(path)) {
        throw new Failure(file + " is a folder, not a file of commands.");
      }
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + DataFolder.reason(e) + ".", e);
    }
  }

  private String name() {
    return file.equals("-") ? "stdin" : file;
  }

  private long total() throws IOException {
    return file.equals("-") ? 0 : Files.size(path("FILE", file));
  }
}
