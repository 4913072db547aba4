package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for in a wrong way is told on stderr, gives 2, and opens no ledger. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WrongUsageTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "session",
        "decision",
        "frobnicate",
        "session frobnicate",
        "session show",
        "session show a b",
        "session show k --frobnicate",
        "session show k --at-version x",
        "session show k --at yesterday",
        "session show k --at-version 1 --at 2026-05-31T09:00:00Z",
        "session list --limit 0",
        "session list --limit 1001",
        "session list --limit many",
        "session audit k --generation 0",
        "decision explain",
        "command send",
        "openclaw replay",
        "stats --jdbc-user u",
        "stats --jdbc-url postgresql://host/db",
        "stats --fsync --jdbc-url jdbc:postgresql://host/db",
        "serve --port 65536",
        "serve --port -1",
        "serve --lease-seconds -1",
        "serve --bind 0.0.0.0 --no-auth",
        "serve --bind 192.0.2.1 --no-auth",
        "serve --rate-limit -1",
        "serve --tls-key key.pem",
        "serve --oidc-issuer https://issuer.example",
        "serve --oidc-audience a",
        "serve --oidc-issuer https://issuer.example --oidc-audience a --no-auth",
        "serve --oidc-issuer https://issuer.example --oidc-audience a --oidc-role x=king",
        "token create",
        "token create --role king",
        "token create --role reader --expires soon",
        "token create --role reader --name",
        "token revoke",
      })
  void is_told_in_a_sentence_and_gives_2(String line) {
    Path data = folder.resolve("ledger");
    boolean choosesStore = line.contains("jdbc") || line.isEmpty() || !line.contains(" ");
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    CommandLineRun run =
        run(
            choosesStore
                ? words
                : Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
                    .toArray(String[]::new));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Try: session-ledger").doesNotContain("\tat ");
    assertThat(Files.exists(data)).isFalse();
  }

  @Test
  void an_empty_key_or_one_with_control_characters_is_no_key() {
    assertThat(run("session", "show", "").status()).isEqualTo(2);
    CommandLineRun run = run("session", "timeline", "a\u001b[2Jb");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("control characters");
  }

  @Test
  void a_folder_and_a_database_exclude_each_other() {
    CommandLineRun run = run("stats", "--data", "x", "--jdbc-url", "jdbc:postgresql://h/d");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("exclude each other");
  }

  @Test
  void what_was_typed_cannot_steer_the_terminal_that_shows_the_complaint() {
    CommandLineRun run = run("session", "show", "k", "--\u001b[2J\u202e");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("\\u001b[2J").doesNotContain("\u001b", "\u202e");
  }

  @Test
  void a_status_or_a_reason_that_does_not_exist_is_wrong_usage_too() {
    String data = folder.toString();
    assertThat(run("session", "list", "--status", "asleep", "--data", data).status()).isEqualTo(2);
    CommandLineRun run = run("decision", "list", "--reason", "mood", "--data", data);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("reason");
    assertThat(run("session", "list", "--cursor", "nonsense", "--data", data).status())
        .isEqualTo(2);
  }
}
