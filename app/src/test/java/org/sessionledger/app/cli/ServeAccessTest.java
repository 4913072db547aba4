package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runIn;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Json;
import org.sessionledger.projections.kit.TestDatabase;
import picocli.CommandLine;

/** A server that asks for tokens, and the verbs on its machine and elsewhere. */
class ServeAccessTest {

  @TempDir private Path folder;

  private final StringWriter said = new StringWriter();
  private final StringWriter complained = new StringWriter();

  /** Starts as {@code serve} does, in this process. */
  private ServeVerb.Running serve(String... options) {
    ServeVerb verb =
        new ServeVerb(
            new Terminal(
                InputStream.nullInputStream(),
                new PrintWriter(said),
                new PrintWriter(complained, true),
                false,
                false,
                false,
                Map.of(),
                "session-ledger"));
    new CommandLine(verb)
        .parseArgs(
            Stream.concat(Stream.of("--port", "0", "--json", "--data", data()), Stream.of(options))
                .toArray(String[]::new));
    ServeVerb.Running running = verb.start();
    verb.tell(running);
    return running;
  }

  private String data() {
    return folder.resolve("ledger").toString();
  }

  private JsonNode told() {
    JsonNode document = Json.read(said.toString(), JsonNode.class);
    said.getBuffer().setLength(0);
    return document;
  }

  private static int status(URI server, String path, String token) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.resolve(path))
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void the_first_start_tells_an_admins_token_once_and_the_verbs_need_none() throws Exception {
    String first;
    try (ServeVerb.Running server = serve()) {
      JsonNode told = told();
      first = told.path("token").asText();
      URI address = server.server().uri();
      assertThat(told.path("signIn").asText())
          .isEqualTo(address + "/console/sign-in#token=" + first);
      assertThat(status(address, "/v1/tokens", first)).isEqualTo(200);
      assertThat(status(address, "/v1/stats", "nonsense")).isEqualTo(401);
      assertThat(run("stats", "--data", data()).status()).isZero();

      CommandLineRun made =
          run("token", "create", "--role", "reader", "--name", "ann", "--data", data());
      assertThat(made.status()).as(made.err()).isZero();
      String token = made.out().strip();
      assertThat(made.err()).contains("ann: reader").doesNotContain(token);
      assertThat(status(address, "/v1/stats", token)).isEqualTo(200);
      CommandLineRun list = run("token", "list", "--data", data());
      assertThat(list.out()).contains("ann", "reader", "good").doesNotContain("slt_");

      JsonNode tokens = run("token", "list", "--json", "--data", data()).json().path("items");
      String id = tokens.path(1).path("id").asText();
      assertThat(run("token", "revoke", id, "--data", data()).out()).contains("is revoked");
      assertThat(status(address, "/v1/stats", token)).isEqualTo(401);
      assertThat(run("token", "revoke", "none", "--data", data()).status()).isEqualTo(1);
    }
    try (ServeVerb.Running server = serve()) {
      assertThat(told().has("token")).isFalse();
      assertThat(status(server.server().uri(), "/v1/tokens", first)).isEqualTo(200);
    }
  }

  @Test
  void a_token_in_the_environment_is_shown_instead_of_the_folders_own() {
    String token = run("token", "create", "--role", "reader", "--data", data()).out().strip();
    assertThat(run("token", "create", "--role", "admin", "--data", data()).status()).isZero();
    try (ServeVerb.Running server = serve()) {
      assertThat(server.server().firstToken()).as("there was an admin before").isNull();
      Map<String, String> environment = Map.of("SESSION_LEDGER_TOKEN", token);
      assertThat(runIn(environment, "stats", "--data", data()).status()).isZero();
      CommandLineRun refused = runIn(environment, "token", "list", "--data", data());
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err()).contains("needs the role admin").doesNotContain(token);
    }
  }

  @Test
  void a_token_has_a_name_a_prefix_and_an_end() {
    JsonNode made =
        run(
                "token",
                "create",
                "--role",
                "runtime",
                "--prefix",
                "agent:main:",
                "--expires",
                "90d",
                "--json",
                "--data",
                data())
            .json();
    assertThat(made.path("name").asText()).isEqualTo("runtime-" + made.path("id").asText());
    assertThat(made.path("prefix").asText()).isEqualTo("agent:main:");
    assertThat(java.time.Instant.parse(made.path("expiresAt").asText()))
        .isAfter(java.time.Instant.now().plus(89, java.time.temporal.ChronoUnit.DAYS));
    assertThat(
            run(
                    "token",
                    "create",
                    "--role",
                    "reader",
                    "--expires",
                    "2020-01-01T00:00:00Z",
                    "--data",
                    data())
                .status())
        .isEqualTo(1);
  }

  @Test
  void the_folders_key_to_the_server_is_its_owners_alone_and_goes_with_the_server()
      throws IOException {
    Path file = Path.of(data(), "server.json");
    try (ServeVerb.Running server = serve()) {
      assertThat(Files.readString(file)).contains(server.server().localToken());
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void without_authentication_nobody_is_asked_and_no_token_is_made() throws Exception {
    try (ServeVerb.Running server = serve("--no-auth")) {
      assertThat(told().has("token")).isFalse();
      assertThat(status(server.server().uri(), "/v1/stats", "x")).isEqualTo(200);
      assertThat(run("token", "create", "--role", "reader", "--data", data()).status()).isZero();
    }
  }

  @Test
  void other_machines_are_let_in_with_tokens_and_told_that_they_go_in_the_clear() {
    try (ServeVerb.Running server = serve("--bind", "0.0.0.0")) {
      assertThat(server.server().uri().getHost()).isEqualTo("127.0.0.1");
      assertThat(complained.toString()).contains("in the clear");
      assertThat(run("stats", "--data", data()).status()).isZero();
    }
  }

  @Test
  void over_TLS_the_verbs_trust_the_certificate_that_the_folder_names_and_no_other()
      throws Exception {
    selfSigned();
    try (ServeVerb.Running server =
        serve(
            "--tls-certificate",
            folder.resolve("cert.pem").toString(),
            "--tls-key",
            folder.resolve("key.pem").toString())) {
      JsonNode told = told();
      assertThat(told.path("address").asText()).startsWith("https://127.0.0.1:");
      assertThat(run("stats", "--data", data()).status()).isZero();
      assertThatThrownBy(
              () -> status(server.server().uri(), "/v1/stats", told.path("token").asText()))
          .isInstanceOf(SSLHandshakeException.class);
      DataFolder.Server real = DataFolder.server(Path.of(data())).orElseThrow();
      DataFolder.Server other =
          new DataFolder.Server(
              real.address(), real.pid(), real.startedAt(), real.token(), "0".repeat(64));
      assertThat(RemoteLedgerApi.answers(real)).isTrue();
      assertThat(RemoteLedgerApi.answers(other)).isFalse();
      HttpClient http =
          HttpClient.newBuilder()
              .sslContext(PinnedCertificate.context(String.valueOf(real.certificate())))
              .build();
      URI signIn = real.address().resolve("/console/sign-in");
      HttpResponse<String> page =
          http.send(HttpRequest.newBuilder(signIn).build(), HttpResponse.BodyHandlers.ofString());
      String cookie = hostCookie(page, "__Host-session-ledger-form=");
      Matcher form = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"").matcher(page.body());
      assertThat(form.find()).isTrue();
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(signIn)
                  .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "_csrf=" + form.group(1) + "&token=" + told.path("token").asText()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      hostCookie(answer, "__Host-session-ledger=");
    }
  }

  /** One that no other name of the same site, and nobody in the clear, can set. */
  private static String hostCookie(HttpResponse<String> answer, String name) {
    List<String> cookies = answer.headers().allValues("Set-Cookie");
    assertThat(cookies).isNotEmpty().allMatch(cookie -> cookie.contains("Secure"));
    String found =
        cookies.stream().filter(cookie -> cookie.startsWith(name)).findFirst().orElseThrow();
    assertThat(found).contains("Path=/").doesNotContain("Domain");
    return found;
  }

  @Test
  void on_a_database_the_first_verb_of_its_owner_makes_the_table_and_tokens_are_in_it()
      throws Exception {
    try (HikariDataSource database = TestDatabase.POSTGRESQL.create()) {
      String[] where = {"--jdbc-url", database.getJdbcUrl(), "--jdbc-user", "postgres"};
      assertThat(run(words("stats", where)).status()).isZero();
      try (Connection connection = database.getConnection();
          ResultSet tokens =
              connection.createStatement().executeQuery("SELECT count(*) FROM access_tokens")) {
        assertThat(tokens.next()).isTrue();
        assertThat(tokens.getInt(1)).isZero();
      }
      assertThat(run(words("token create --role reader --name ann", where)).status()).isZero();
      assertThat(run(words("token list", where)).out()).contains("ann");
    }
  }

  private static String[] words(String verb, String... where) {
    return Stream.concat(Stream.of(verb.split(" ", -1)), Stream.of(where)).toArray(String[]::new);
  }

  /** As a test needs it; a real one comes from a certificate authority. */
  private void selfSigned() throws Exception {
    Path store = folder.resolve("store.p12");
    String password = "changeit";
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "ledger",
                "-keyalg",
                "EC",
                "-dname",
                "CN=ledger.example",
                "-storetype",
                "PKCS12",
                "-storepass",
                password,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(keytool.exitValue()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), password.toCharArray());
    pem("cert.pem", "CERTIFICATE", keys.getCertificate("ledger").getEncoded());
    pem("key.pem", "PRIVATE KEY", keys.getKey("ledger", password.toCharArray()).getEncoded());
  }

  private void pem(String file, String kind, byte[] content) throws IOException {
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {10}).encodeToString(content)
            + "\n-----END "
            + kind
            + "-----\n");
  }
}
