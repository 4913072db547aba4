package org.sessionledger.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The verbs, put together. */
public final class Cli {

  private Cli() {}

  /** Runs a command line of this process; its exit status. */
  public static int run(String[] args) {
    Logging.quiet();
    return commandLine(Terminal.ofProcess()).execute(Arguments.asTyped(args));
  }

  static CommandLine commandLine(Terminal terminal) {
    CommandLine root =
        new CommandLine(new Group.Root())
            .addSubcommand(new DemoVerb(terminal))
            .addSubcommand(new ServeVerb(terminal))
            .addSubcommand(
                new CommandLine(new Group.OpenClaw())
                    .addSubcommand(new OpenclawFollow(terminal))
                    .addSubcommand(new OpenclawReplay(terminal))
                    .addSubcommand(new OpenclawImport(terminal))
                    .addSubcommand(new OpenclawDoctor(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Session())
                    .addSubcommand(new SessionList(terminal))
                    .addSubcommand(new SessionShow(terminal))
                    .addSubcommand(new SessionTimeline(terminal))
                    .addSubcommand(new SessionRuns(terminal))
                    .addSubcommand(new SessionGenerations(terminal))
                    .addSubcommand(new SessionAudit(terminal))
                    .addSubcommand(new SessionExport(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Commands()).addSubcommand(new CommandSend(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Decision())
                    .addSubcommand(new DecisionList(terminal))
                    .addSubcommand(new DecisionExplain(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Projection())
                    .addSubcommand(new ProjectionList(terminal))
                    .addSubcommand(new ProjectionRebuild(terminal)))
            .addSubcommand(
                new CommandLine(new Group.Token())
                    .addSubcommand(new TokenCreate(terminal))
                    .addSubcommand(new TokenList(terminal))
                    .addSubcommand(new TokenRevoke(terminal)))
            .addSubcommand(new StatsVerb(terminal))
            .addSubcommand(new VerifyVerb(terminal))
            .addSubcommand(new ReplayVerb(terminal))
            .addSubcommand(new HelpVerb());
    dress(root, terminal);
    return root;
  }

  private static void dress(CommandLine root, Terminal terminal) {
    Errors errors = new Errors(terminal);
    root.setCommandName(terminal.program());
    root.getCommandSpec().versionProvider(new Version());
    // A key may begin with '@', and a value may be any word.
    root.setExpandAtFiles(false);
    root.setOut(terminal.out());
    root.setErr(terminal.err());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
    root.setUsageHelpWidth(Table.WIDTH);
    root.setParameterExceptionHandler(errors);
    root.setExecutionExceptionHandler(errors);
    helpInOrder(root);
  }

  /** Options as they are declared: a verb's own first. */
  private static void helpInOrder(CommandLine command) {
    command.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(false);
    command.getSubcommands().values().forEach(Cli::helpInOrder);
  }
}
