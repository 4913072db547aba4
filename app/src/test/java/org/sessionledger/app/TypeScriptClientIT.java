package org.sessionledger.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Builds the TypeScript client and runs its tests against the packaged jar, where node and npm are.
 * Everything happens in {@code target}; what npm fetches stays there for the next time.
 */
class TypeScriptClientIT {

  private static final Path CLIENT = Path.of("src/client").toAbsolutePath();
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path COPY = TARGET.resolve("client/app/src/client");

  private static final int NODE_MIN = 20;

  private static final int PATIENCE_SECONDS = 240;

  private static final Pattern UNREACHABLE =
      Pattern.compile("code (ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH)");

  private record Ended(int status, String output) {}

  @BeforeAll
  static void there_is_a_node() {
    String version = version("node");
    assumeTrue(
        version.matches("v[0-9]+\\..*")
            && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= NODE_MIN,
        "The TypeScript client was not tested: there is no node "
            + NODE_MIN
            + " or later, but '"
            + version
            + "'");
    assumeTrue(
        version("npm").matches("[0-9].*"), "The TypeScript client was not tested: there is no npm");
  }

  private static String version(String program) {
    try {
      return run(List.of(program, "--version")).output().strip();
    } catch (UncheckedIOException e) {
      return "nothing";
    }
  }

  @Test
  void it_builds_and_does_what_it_promises_with_a_real_server() throws IOException {
    copy();
    Path lock = COPY.resolve("package-lock.json");
    Path installed = COPY.resolve("node_modules/.installed-lock.json");
    if (!Files.exists(installed) || Files.mismatch(lock, installed) >= 0) {
      install();
      Files.copy(lock, installed);
    }
    npm("run", "build");
    npm("test");
  }

  @Test
  void its_lock_names_no_registry() throws IOException {
    assertThat(Files.readString(CLIENT.resolve("package-lock.json")))
        .contains("\"integrity\"")
        .doesNotContain("\"resolved\"");
  }

  /** In folders as in the repository: the types come from the server's document. */
  private static void copy() throws IOException {
    for (String part : List.of("src", "test")) {
      // A file that is gone must be gone here, too; what is installed stays.
      if (Files.exists(COPY.resolve(part))) {
        try (Stream<Path> old = Files.walk(COPY.resolve(part))) {
          for (Path each : old.filter(Files::isRegularFile).toList()) {
            Files.delete(each);
          }
        }
      }
      copy(CLIENT.resolve(part), COPY.resolve(part));
    }
    for (String file : List.of("package.json", "package-lock.json", "tsconfig.json")) {
      Files.writeString(COPY.resolve(file), Files.readString(CLIENT.resolve(file)));
    }
    String openapi = "resources/org/sessionledger/app/api/openapi.json";
    Path here = COPY.getParent().resolve("main").resolve(openapi);
    Files.createDirectories(here.getParent());
    Files.writeString(here, Files.readString(CLIENT.getParent().resolve("main").resolve(openapi)));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(each).toString());
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, Files.readString(each));
      }
    }
  }

  /** Where no registry can be reached, as in a build without a network, nothing is tested. */
  private static void install() {
    List<String> command =
        List.of(
            "npm",
            "ci",
            "--ignore-scripts",
            "--prefer-offline",
            "--fetch-retries=1",
            "--fetch-timeout=30000",
            "--cache",
            TARGET.resolve("npm-cache").toString());
    Ended ended = run(command);
    assumeTrue(
        System.getenv("CI") != null || !UNREACHABLE.matcher(ended.output()).find(),
        "The TypeScript client was not tested: npm cannot reach a registry");
    assertThat(ended.status()).as("%s\n%s", command, ended.output()).isZero();
  }

  private static void npm(String... arguments) {
    List<String> command = new ArrayList<>(List.of("npm"));
    command.addAll(List.of(arguments));
    Ended ended = run(command);
    assertThat(ended.status()).as("%s\n%s", command, ended.output()).isZero();
  }

  private static Ended run(List<String> command) {
    try {
      Files.createDirectories(COPY);
      Path output = Files.createTempFile(TARGET, "client", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(COPY.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder
          .environment()
          .put("SESSION_LEDGER_JAR", TARGET.resolve("session-ledger.jar").toString());
      builder
          .environment()
          .put(
              "SESSION_LEDGER_JAVA",
              Path.of(System.getProperty("java.home"), "bin", "java").toString());
      Process process = builder.start();
      boolean inTime = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      return new Ended(inTime ? process.exitValue() : -1, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
