package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One session's incident bundle. */
@Command(
    name = "export",
    header = "One session's incident bundle.%n",
    description =
        "Everything that arrived for a session and how it was decided, in that order, as CloudEvents"
            + " 1.0, one a line, with the hashes that tell when it was changed. The verb 'replay'"
            + " decides it again, anywhere.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1 --out incident.jsonl",
      "  ${COMMAND-FULL-NAME} agent:main:slack:channel:C1 | head -1"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class SessionExport extends LedgerVerb {

  @Parameters(paramLabel = "KEY", description = "The session's key.")
  private String key = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write to this file instead of stdout; it is there when it is whole.")
  private @Nullable String out;

  SessionExport(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    requireKey(key, this);
    if (out != null) {
      path("--out", out);
    }
    return super.run();
  }

  static void requireKey(String key, Verb verb) {
    try {
      new SessionKey(key);
    } catch (InvalidField e) {
      throw verb.wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  @Override
  int run(LedgerApi api) throws IOException {
    if (out == null) {
      api.bundle(key, new Lines());
      return Exit.DONE;
    }
    Path file = path("--out", out).toAbsolutePath();
    long bytes = write(api, key, file);
    if (json()) {
      print(JsonNodeFactory.instance.objectNode().put("file", out).put("bytes", bytes));
    } else {
      terminal()
          .out()
          .println("Wrote " + Words.count(bytes, "byte") + " to " + Shown.text(out) + ".");
    }
    return Exit.DONE;
  }

  /** Writes beside the file first: what stands there stays until the bundle is whole. */
  private static long write(LedgerApi api, String key, Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // An empty folder, or a device, would be gone.
      throw new Failure(file + " is there, and is no file that could be replaced.");
    }
    Path beside;
    try {
      beside = Files.createTempFile(file.getParent(), ".bundle-", ".jsonl");
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + DataFolder.reason(e) + ".", e);
    }
    try {
      try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(beside))) {
        api.bundle(key, to);
      }
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      return Files.size(file);
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + DataFolder.reason(e) + ".", e);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** The terminal's text stream, line by line. */
  private final class Lines extends FilterOutputStream {

    private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

    Lines() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void write(int b) {
      if (b == '\n') {
        String text = line.toString(StandardCharsets.UTF_8);
        terminal().out().print(terminal().interactive() ? Shown.json(text) : text);
        terminal().out().print('\n');
        line.reset();
      } else {
        line.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        write(bytes[i]);
      }
    }
  }
}
