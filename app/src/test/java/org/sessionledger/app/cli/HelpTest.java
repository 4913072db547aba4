package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HelpTest {

  private static final CommandLine ROOT =
      Cli.commandLine(
          new Terminal(
              InputStream.nullInputStream(),
              new PrintWriter(System.out),
              new PrintWriter(System.err),
              false,
              false,
              false,
              Map.of(),
              "session-ledger"));

  static Stream<String> verbs() {
    return leaves(ROOT);
  }

  private static Stream<String> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command.getCommandSpec().qualifiedName().substring("session-ledger ".length()))
        : command.getSubcommands().values().stream().flatMap(HelpTest::leaves);
  }

  private static CommandLine verb(String words) {
    CommandLine found = ROOT;
    for (String word : words.split(" ")) {
      found = found.getSubcommands().get(word);
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void the_help_of_every_verb_teaches(String verb) {
    CommandLineRun help = run((verb + " --help").split(" "));
    assertThat(help.status()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: session-ledger " + verb).contains("Example");
    assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    for (OptionSpec option : verb(verb).getCommandSpec().options()) {
      assertThat(help.out()).contains(option.longestName());
      assertThat(option.description()).isNotEmpty();
    }
    if (!verb.equals("help")) {
      assertThat(help.out()).contains("Exit status:", "--json", "--data", "--jdbc-url");
    }
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void help_as_a_verb_shows_the_same(String verb) {
    assertThat(run(("help " + verb).split(" "))).isEqualTo(run((verb + " --help").split(" ")));
  }

  @Test
  void the_verbs_are_those_of_this_release() {
    assertThat(verbs())
        .containsExactlyInAnyOrder(
            "demo",
            "serve",
            "openclaw follow",
            "openclaw replay",
            "openclaw import",
            "openclaw doctor",
            "session list",
            "session show",
            "session timeline",
            "session runs",
            "session generations",
            "session audit",
            "session export",
            "command send",
            "decision list",
            "decision explain",
            "projection list",
            "projection rebuild",
            "token create",
            "token list",
            "token revoke",
            "stats",
            "verify",
            "replay",
            "help");
  }

  @Test
  void the_version_is_the_build_s() {
    CommandLineRun version = run("--version");
    assertThat(version.status()).isZero();
    assertThat(version.out()).matches("session-ledger \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @Test
  void the_program_s_help_lists_its_words() {
    assertThat(run("--help").out()).contains(ROOT.getSubcommands().keySet());
    assertThat(run("help")).isEqualTo(run("--help"));
    assertThat(
            Arrays.asList(run("help", "session", "frobnicate").status(), run("help", "x").status()))
        .containsOnly(2);
  }
}
