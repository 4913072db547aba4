package org.sessionledger.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sessionledger.app.SessionLedgerMain;
import org.sessionledger.app.api.LedgerStorage;

/**
 * A server in a process of its own, as an operator starts it: from the executable jar, or from the
 * class path when there is none.
 *
 * @param millisUntilAnswer from the start of the process to its first answer
 */
record ServerProcess(Process process, URI uri, double millisUntilAnswer) implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("http://[0-9.]+:[0-9]+");

  private static final int PATIENCE_SECONDS = 180;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static ServerProcess start(Options options, LedgerStorage storage)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Java.COMMAND, "-Xmx1g"));
    Path jar = options.target().resolve("session-ledger.jar");
    if (Files.exists(jar)) {
      command.addAll(List.of("-jar", jar.toString()));
    } else {
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), SessionLedgerMain.class.getName()));
    }
    command.addAll(List.of("serve", "--no-auth", "--port", "0"));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (storage instanceof LedgerStorage.Folder folder) {
      command.addAll(List.of("--data", folder.path().toString()));
    } else if (storage instanceof LedgerStorage.Database database) {
      command.addAll(List.of("--jdbc-url", database.jdbcUrl(), "--jdbc-user", database.user()));
      builder.environment().put("SESSION_LEDGER_JDBC_PASSWORD", database.password());
    }
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(options.target().resolve("bench/server.log").toFile()));
    long start = System.nanoTime();
    Process process = builder.start();
    URI uri = address(process);
    get(uri, "/v1/stats");
    return new ServerProcess(process, uri, (System.nanoTime() - start) / 1e6);
  }

  private static URI address(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        return URI.create(address.group());
      }
    }
    throw new IllegalStateException("the server did not start; see target/bench/server.log");
  }

  private static String get(URI uri, String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(uri.resolve(path)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  /** Its views have everything that was accepted so far. */
  void awaitViews() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (LAGS.matcher(get(uri, "/v1/projections")).find()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the views lag: " + get(uri, "/v1/projections"));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static final Pattern LAGS = Pattern.compile("\"lag\":[1-9]");

  private static final int LOOK_MILLIS = 20;

  /** As SIGTERM does. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the server does not stop");
    }
  }
}
