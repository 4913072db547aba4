package org.sessionledger.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.concurrent.Callable;
import org.sessionledger.core.session.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all verbs have in common. */
@Command
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the verb is called
abstract class Verb implements Callable<Integer> {

  private static final int LAST = 1_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--json",
      order = LAST,
      description = "Print one JSON document on stdout and nothing else.")
  private boolean json;

  @Option(
      names = "--verbose",
      order = LAST + 1,
      description = "Log more to stderr, and show where a failure comes from.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = LAST + 2,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  private final Terminal terminal;

  Verb(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public final Integer call() throws Exception {
    if (verbose) {
      Logging.verbose();
    }
    int status = run();
    terminal.out().flush();
    return status;
  }

  abstract int run() throws Exception;

  final Terminal terminal() {
    return terminal;
  }

  final boolean json() {
    return json;
  }

  final boolean verbose() {
    return verbose;
  }

  /** The exit status's failure told as JSON, too: one document on stdout, whatever comes. */
  boolean tellsFailureAsJson() {
    return json;
  }

  final void print(JsonNode document) {
    print(document, terminal.interactive());
  }

  final void print(JsonNode document, boolean indented) {
    ObjectWriter writer =
        indented ? Json.mapper().writerWithDefaultPrettyPrinter() : Json.mapper().writer();
    try {
      terminal.out().println(Shown.json(writer.writeValueAsString(document)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document cannot be written", e);
    }
  }

  /** The verb was called in a wrong way. */
  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
