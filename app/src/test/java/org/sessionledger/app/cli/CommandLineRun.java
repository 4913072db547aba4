package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.sessionledger.core.session.Json;

/** A command line that was run in this JVM, and what came of it. */
record CommandLineRun(int status, String out, String err) {

  static CommandLineRun run(String... args) {
    return runWith(InputStream.nullInputStream(), false, Map.of(), args);
  }

  static CommandLineRun runWithInput(String input, String... args) {
    return runWithInput(input.getBytes(StandardCharsets.UTF_8), args);
  }

  static CommandLineRun runWithInput(byte[] input, String... args) {
    return runWith(new ByteArrayInputStream(input), false, Map.of(), args);
  }

  /** As somebody who sits at a terminal sees it. */
  static CommandLineRun runOnTerminal(String... args) {
    return runWith(InputStream.nullInputStream(), true, Map.of(), args);
  }

  /** With environment variables. */
  static CommandLineRun runIn(Map<String, String> environment, String... args) {
    return runWith(InputStream.nullInputStream(), false, environment, args);
  }

  private static CommandLineRun runWith(
      InputStream in, boolean terminal, Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal captured =
        new Terminal(
            in,
            new PrintWriter(out),
            new PrintWriter(err),
            terminal,
            terminal,
            terminal,
            environment,
            "session-ledger");
    int status = Cli.commandLine(captured).execute(args);
    captured.out().flush();
    captured.err().flush();
    return new CommandLineRun(status, out.toString(), err.toString());
  }

  /** The one document on stdout; an error when there is anything else. */
  JsonNode json() {
    return Json.read(out, JsonNode.class);
  }

  /** One document a line. */
  List<JsonNode> jsonLines() {
    return out.lines().map(line -> Json.read(line, JsonNode.class)).toList();
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
