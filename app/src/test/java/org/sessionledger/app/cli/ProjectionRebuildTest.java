package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runOnTerminal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ProjectionRebuildTest {

  private static final String RACE = "agent:main:reset-grace";

  @TempDir private Path folder;

  @BeforeEach
  void a_ledger_with_the_race() {
    String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
    assertThat(ask("openclaw", "replay", file).status()).isZero();
  }

  private CommandLineRun ask(String... words) {
    return run(
        Stream.concat(Stream.of(words), Stream.of("--data", folder.toString()))
            .toArray(String[]::new));
  }

  private void breakTheView() throws Exception {
    try (Ledger ledger = Ledger.open(folder);
        Connection connection = ledger.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE view_runs SET status = 'running' WHERE started_version = 2");
    }
  }

  @Test
  void a_view_that_is_right_is_switched() {
    CommandLineRun rebuilt = ask("projection", "rebuild", "status");
    assertThat(rebuilt.err()).isEmpty();
    assertThat(rebuilt.status()).isZero();
    assertThat(rebuilt.out()).contains("no session differs", "The new table serves.");
    assertThat(ask("session", "show", RACE).out()).contains("idle");
  }

  @Test
  void a_view_that_is_wrong_is_shown_and_mended_when_that_is_wanted() throws Exception {
    breakTheView();
    for (String[] words :
        new String[][] {
          {"projection", "rebuild", "runs"}, {"projection", "rebuild", "runs", "--check"}
        }) {
      CommandLineRun refused = ask(words);
      assertThat(refused.status()).isEqualTo(4);
      assertThat(refused.out())
          .contains(
              "1 session",
              RACE,
              "it has     status = running",
              "it should  status = done",
              "--accept");
      assertThat(refused.lines())
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(200));
    }
    CommandLineRun verified = ask("verify");
    assertThat(verified.status()).isEqualTo(4);
    assertThat(verified.out()).contains("The view runs differs from the events in 1 session");
    assertThat(ask("projection", "rebuild", "runs", "--json").json().path("mismatches").asInt())
        .isEqualTo(1);

    assertThat(ask("projection", "rebuild", "runs", "--accept").status()).isZero();
    assertThat(ask("projection", "rebuild", "runs", "--check").status()).isZero();
    assertThat(ask("verify", "--json").json().path("views"))
        .hasSize(4)
        .allMatch(view -> view.path("intact").asBoolean());
  }

  @Test
  void wrong_usage_and_unknown_views_are_told_what_there_is() {
    CommandLineRun unknown = ask("projection", "rebuild", "nothing");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("'nothing'", "status, runs, lineage, timeline");
    assertThat(ask("projection", "rebuild").status()).isEqualTo(2);
    assertThat(ask("projection", "rebuild", "runs", "--check", "--accept").status()).isEqualTo(2);
    CommandLineRun cancelled = ask("projection", "rebuild", "runs", "--cancel");
    assertThat(cancelled.status()).isEqualTo(1);
    assertThat(cancelled.err()).contains("nothing to cancel");
  }

  @Test
  void on_a_server_s_folder_the_server_does_it() {
    try (ServeVerb.Running server = ServedFolder.serve(folder)) {
      CommandLineRun rebuilt =
          runOnTerminal("projection", "rebuild", "timeline", "--data", folder.toString());
      assertThat(rebuilt.status()).as(rebuilt.err()).isZero();
      assertThat(rebuilt.out()).contains("The new table serves.");
      assertThat(ask("session", "timeline", RACE).out()).contains("SessionReset");
    }
  }
}
