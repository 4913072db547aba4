package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.ledger.LedgerUnavailable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What went wrong, in one sentence on stderr; a stack trace only for who asks for it. */
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private static final int SENTENCE_COLUMNS_MAX = 2_000;

  private final Terminal terminal;

  Errors(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = terminal.err();
    say(String.valueOf(e.getMessage()));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return Exit.WRONG_USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    terminal.out().flush();
    Verb verb = command.getCommand() instanceof Verb v ? v : null;
    ObjectNode problem = problem(e);
    if (verb != null && verb.tellsFailureAsJson()) {
      verb.print(problem);
    }
    say(problem.path("detail").asText());
    if (verb != null && verb.verbose()) {
      e.printStackTrace(terminal.err());
    } else if (!expected(e)) {
      terminal.err().println("This is a defect; --verbose shows where it happened.");
    }
    terminal.err().flush();
    boolean badParameter = problem.path("type").asText().endsWith(":bad-parameter");
    return badParameter ? Exit.WRONG_USAGE : Exit.FAILED;
  }

  private void say(String sentence) {
    terminal.err().println(terminal.style().bad(Shown.cut(sentence, SENTENCE_COLUMNS_MAX)));
  }

  private static boolean expected(Exception e) {
    return e instanceof Failure
        || e instanceof ApiProblem
        || e instanceof LedgerUnavailable
        || e instanceof InvalidField;
  }

  private static ObjectNode problem(Exception e) {
    if (e instanceof ApiProblem told) {
      ObjectNode document = told.document();
      if (!document.hasNonNull("detail")) {
        document.put("detail", String.valueOf(e.getMessage()));
      }
      return document;
    }
    String detail =
        expected(e)
            ? String.valueOf(e.getMessage())
            : e.getClass().getName() + ": " + e.getMessage();
    return new ApiProblem(0, "failed", "The verb could not do what it was asked", detail)
        .document()
        .without("status");
  }
}
