package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runWithInput;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.testing.LedgerAudit;

/** verify, session export, replay and session list --at, each alone and with a server. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuditVerbsTest {

  private static final String KEY = "../a/b%2F #?+\"\ud83d\ude42";

  @TempDir private Path folder;

  private Path data;

  @BeforeEach
  void a_reset_and_what_came_late() {
    data = folder.resolve("data");
    String key = "\"sessionKey\":" + Json.write(KEY);
    send(
        "{\"type\":\"OpenSession\"," + key + ",\"sessionId\":\"s-1\"}",
        "{\"type\":\"StartRun\"," + key + ",\"sessionId\":\"s-1\",\"runId\":\"r-1\"}",
        "{\"type\":\"ResetSession\"," + key + ",\"newSessionId\":\"s-2\"}",
        "{\"type\":\"FailRun\"," + key + ",\"runId\":\"r-1\",\"sessionId\":\"s-2\"}",
        "{\"type\":\"FailRun\"," + key + ",\"runId\":\"r-1\",\"sessionId\":\"s-2\"}",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"b\"}",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"c\"}");
  }

  private void send(String... commands) {
    CommandLineRun sent =
        runWithInput(
            String.join("\n", commands), "command", "send", "-", "--data", data.toString());
    assertThat(sent.status()).as(sent.err()).isIn(0, 3);
  }

  private CommandLineRun ask(String... words) {
    return run(
        Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
            .toArray(String[]::new));
  }

  @Test
  void everything_is_the_same_with_a_server_and_without() throws Exception {
    List<String> without = answers("without");
    try (ServeVerb.Running server = ServedFolder.serve(data)) {
      assertThat(server).isNotNull();
      assertThat(answers("with")).isEqualTo(without);
    }
  }

  private List<String> answers(String name) throws IOException {
    Path file = folder.resolve(name + ".jsonl");
    CommandLineRun export = ask("session", "export", KEY, "--out", file.toString());
    assertThat(export.status()).as(export.err()).isZero();
    CommandLineRun printed = ask("session", "export", KEY);
    assertThat(printed.out()).isEqualTo(Files.readString(file));
    return Stream.of(
            ask("verify", "--json"),
            printed,
            ask("replay", KEY, "--json"),
            ask("replay", KEY, "--policy", "by-key", "--json"),
            ask("session", "list", "--at-position", "3", "--json"),
            ask("session", "list", "--at-position", "5", "--all", "--json"),
            ask("session", "list", "--at-position", "9", "--json"),
            ask("session", "export", "nobody"),
            ask("replay", "nobody"))
        .map(
            run ->
                run.status()
                    + run.out().replaceAll("\"(milliseconds|eventsPerSecond)\":\\d+", "")
                    + run.err())
        .toList();
  }

  @Test
  void verify_says_what_it_saw_and_exits_with_0_or_4() throws Exception {
    CommandLineRun intact = ask("verify");
    assertThat(intact.status()).as(intact.err()).isZero();
    assertThat(intact.out())
        .contains("5 events of 3 sessions, 1 line of the decision log, 0 saved states")
        .contains("Everything is as it was decided.");
    tamper("UPDATE ledger_events SET command = REPLACE(command, 'r-1', 'r-7') WHERE position = 2");
    CommandLineRun broken = ask("verify");
    assertThat(broken.status()).isEqualTo(4);
    assertThat(broken.out())
        .contains("First difference: hash at event 2 of session ../a/b%2F")
        .contains("version 2")
        .contains("expected")
        .contains("found");
    CommandLineRun json = ask("verify", "--json");
    assertThat(json.status()).isEqualTo(4);
    assertThat(json.json().path("intact").booleanValue()).isFalse();
    assertThat(json.json().at("/firstBreak/position").asLong()).isEqualTo(2);
    assertThat(json.json().has("head")).isFalse();
  }

  @Test
  void a_signed_head_tells_of_a_ledger_that_was_rewritten_or_cut() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path secret = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    Path known = pem("PUBLIC KEY", keys.getPublic().getEncoded());
    Path head = folder.resolve("head.json");
    CommandLineRun signed = ask("verify", "--sign", secret.toString(), "--json");
    assertThat(signed.status()).as(signed.err()).isZero();
    Files.writeString(head, signed.out());
    send("{\"type\":\"OpenSession\",\"sessionKey\":\"later\"}");
    assertThat(check(head, known).status()).isZero();
    // The bare head, as verify prints it for people, is as good.
    CommandLineRun shown = ask("verify", "--sign", secret.toString());
    Path bare = folder.resolve("bare.json");
    Files.writeString(bare, shown.out().substring(shown.out().indexOf('{')));
    assertThat(check(bare, known).out()).contains("is the one that was signed");

    Path forged = folder.resolve("forged.json");
    Files.writeString(
        forged, signed.out().replace("\"sessions\":3,\"events\"", "\"sessions\":2,\"events\""));
    assertThat(check(forged, known).status()).isEqualTo(4);
    assertThat(check(forged, known).out()).contains("is not signed by that key");

    // Another store that is intact in itself.
    Path mine = data;
    data = folder.resolve("another");
    send("{\"type\":\"OpenSession\",\"sessionKey\":\"x\"}");
    assertThat(check(head, known).status()).isEqualTo(4);
    assertThat(check(head, known).out()).contains("The ledger was cut: it does not reach");
    send(
        Stream.concat(
                Stream.of("y1", "y2", "y3", "y4", "y5")
                    .map(key -> "{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}"),
                Stream.of("{\"type\":\"FailRun\",\"sessionKey\":\"y1\",\"runId\":\"r\"}"))
            .toArray(String[]::new));
    CommandLineRun rewritten = check(head, known);
    assertThat(rewritten.status()).isEqualTo(4);
    assertThat(rewritten.out()).contains("The history was rewritten", "its events are not");
    data = mine;
  }

  private CommandLineRun check(Path head, Path key) {
    return ask("verify", "--head", head.toString(), "--public-key", key.toString());
  }

  @Test
  void keys_and_heads_that_are_none_are_told_before_anything_is_opened() throws Exception {
    data = folder.resolve("never-made");
    Path text = Files.writeString(folder.resolve("text"), "hello");
    assertThat(ask("verify", "--sign", text.toString()).err()).contains("no key to sign with");
    assertThat(ask("verify", "--sign", "nowhere").err()).contains("nowhere does not exist");
    assertThat(ask("verify", "--head", text.toString()).status()).isEqualTo(2);
    assertThat(ask("verify", "--head", text.toString(), "--public-key", text.toString()).err())
        .contains("no signed head");
    assertThat(data).doesNotExist();
  }

  @Test
  void a_bundle_is_replayed_anywhere_and_a_changed_one_is_refused() throws Exception {
    Path file = folder.resolve("incident.jsonl");
    assertThat(ask("session", "export", KEY, "--out", file.toString()).status()).isZero();
    data = folder.resolve("never-made");
    CommandLineRun same = ask("replay", file.toString());
    assertThat(same.status()).as(same.err()).isZero();
    assertThat(same.out())
        .contains("5 arrivals of")
        .contains("3 accepted, 0 duplicates, 2 rejected")
        .contains("Every decision is the same.");
    CommandLineRun byKey = ask("replay", file.toString(), "--policy", "by-key");
    assertThat(byKey.status()).isZero();
    assertThat(byKey.out()).contains("failed (s-2)", "idle (s-2)", "≠", "Without the fence");
    assertThat(byKey.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(400));

    String whole = Files.readString(file);
    Files.writeString(file, whole.replace("\"r-1\"", "\"r-5\""));
    CommandLineRun changed = ask("replay", file.toString());
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.err()).contains("line 3: it was changed", "Nothing was decided.");
    Files.writeString(file, whole.substring(0, whole.length() - 200));
    assertThat(ask("replay", file.toString()).err()).contains("cut short");
    assertThat(ask("replay", file.toString(), "--policy", "by-mood").status()).isEqualTo(2);
    assertThat(data).doesNotExist();
  }

  @Test
  void a_bundle_that_cannot_be_written_leaves_what_was_there() throws Exception {
    Path file = Files.writeString(folder.resolve("old.jsonl"), "old");
    CommandLineRun none = ask("session", "export", "nobody", "--out", file.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(Files.readString(file)).isEqualTo("old");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(path -> path.getFileName().toString())).doesNotContain(".bundle-");
    }
    assertThat(ask("session", "export", KEY, "--out", folder.resolve("no/such").toString()).err())
        .contains("cannot be written");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(ask("session", "export", KEY, "--out", empty.toString()).err())
        .contains("no file that could be replaced");
    assertThat(empty).isDirectory();
  }

  @Test
  void the_whole_list_as_it_was() throws Exception {
    JsonNode first = ask("session", "list", "--at-position", "2", "--json").json();
    assertThat(first.path("position").asLong()).isEqualTo(2);
    assertThat(first.path("items")).hasSize(1);
    assertThat(first.at("/items/0/status").asText()).isEqualTo("running");
    JsonNode now = ask("session", "list", "--at", "2999-01-01T00:00:00Z", "--json").json();
    assertThat(now.path("items"))
        .extracting(item -> item.path("sessionKey").asText())
        .containsExactly(KEY, "b", "c");
    List<JsonNode> all =
        ask("session", "list", "--at", "2999-01-01T00:00:00Z", "--all", "--json").jsonLines();
    assertThat(all).containsExactlyElementsOf(now.path("items"));

    JsonNode page = ask("session", "list", "--at-position", "5", "--limit", "2", "--json").json();
    String cursor = page.path("nextCursor").asText();
    JsonNode rest =
        ask("session", "list", "--at-position", "5", "--cursor", cursor, "--json").json();
    assertThat(rest.path("items")).hasSize(1);
    assertThat(rest.has("nextCursor")).isFalse();
    assertThat(ask("session", "list", "--at-position", "4", "--cursor", cursor).err())
        .contains("is of another moment");
    assertThat(ask("session", "list", "--at", "2001-01-01T00:00:00Z").err())
        .contains("The ledger's first event was recorded at", "which is later");
    assertThat(ask("session", "list", "--at-position", "6").err()).contains("positions 1 to 5");
    assertThat(ask("session", "list", "--at-position", "0").status()).isEqualTo(1);
    assertThat(ask("session", "list", "--at", "noon").status()).isEqualTo(2);
    assertThat(ask("session", "list", "--all").status()).isEqualTo(2);
    data = folder.resolve("another");
    send("{\"type\":\"OpenSession\",\"sessionKey\":\"x\"}");
    assertThat(ask("session", "list", "--at-position", "1", "--cursor", cursor).err())
        .contains("is of another ledger");
  }

  private void tamper(String sql) {
    try (LedgerStorage.OpenLedger open = new LedgerStorage.Folder(data).open()) {
      LedgerAudit.execute(open.ledger().dataSource(), sql);
    }
  }

  private Path pem(String what, byte[] key) throws IOException {
    return Files.writeString(
        folder.resolve(what),
        "-----BEGIN "
            + what
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(key)
            + "\n-----END "
            + what
            + "-----\n");
  }
}
