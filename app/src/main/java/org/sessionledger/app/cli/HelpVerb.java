package org.sessionledger.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help session list} is {@code session list --help}. */
@Command(
    name = "help",
    header = "Show the help of a verb.%n",
    description = "The same as the verb with --help.",
    footer = {"", "Example:", "  ${ROOT-COMMAND-NAME} help session show"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the verb is called
final class HelpVerb implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "VERB", arity = "0..*", description = "The verb, in one or two words.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() {
    CommandLine found = spec.root().commandLine();
    for (String word : words) {
      found = found.getSubcommands().get(word);
      if (found == null) {
        throw new ParameterException(
            spec.commandLine(), "There is no verb '" + String.join(" ", words) + "'");
      }
    }
    found.usage(spec.commandLine().getOut());
    return Exit.DONE;
  }
}
