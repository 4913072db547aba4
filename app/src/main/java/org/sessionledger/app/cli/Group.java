package org.sessionledger.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that says nothing without the verb after it. */
@Command
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the group is called
class Group implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what to do: one of " + String.join(", ", spec.subcommands().keySet()));
  }

  @Command(
      name = "session",
      header = "Sessions: list, show, timeline, runs, generations, audit, export.")
  static final class Session extends Group {}

  @Command(name = "command", header = "Commands from any source: send.")
  static final class Commands extends Group {}

  @Command(name = "decision", header = "Refusals, and why: list, explain.")
  static final class Decision extends Group {}

  @Command(name = "projection", header = "The views, and how far they are: list, rebuild.")
  static final class Projection extends Group {}

  @Command(name = "token", header = "Who may ask a server: create, list, revoke.")
  static final class Token extends Group {}

  @Command(
      name = "openclaw",
      header = "What an OpenClaw gateway sends and keeps: follow, replay, import, doctor.")
  static final class OpenClaw extends Group {}

  /** The program itself. */
  @Command(
      name = "session-ledger",
      header = "Session Ledger%n",
      synopsisHeading = "%nUsage: ",
      description =
          "An event-sourced ledger that fences the sessions of agent runtimes by identity: what a"
              + " run reports after its session was reset is refused, kept, and explained.",
      footer = {
        "",
        "Start here:",
        "  ${ROOT-COMMAND-NAME} demo",
        "",
        "Every verb has --help and --json. Logs and complaints go to stderr."
      })
  static final class Root extends Group {

    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Print the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;
  }
}
