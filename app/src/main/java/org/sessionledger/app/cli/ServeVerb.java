package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.gateways.Gateway;
import org.sessionledger.app.gateways.GatewaysFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The HTTP server, until it is told to stop. */
@Command(
    name = "serve",
    header = "Serve the ledger over HTTP.%n",
    description =
        "Serve the ledger over HTTP until SIGTERM or Ctrl-C. What was accepted is finished first."
            + " The other verbs find the server by the data folder. stderr tells of each refusal,"
            + " one JSON object a line.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --port 9000 --data /var/lib/session-ledger",
      "  curl -s http://127.0.0.1:8080/v1/stats"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:stopped as it was told", Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class ServeVerb extends StoreVerb {

  private static final int PORT_MAX = 65_535;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "The port to listen on; 8080 when not given, 0 for any free one.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = LedgerServer.Options.LOOPBACK,
      description = "The address to listen on; this machine's own only. 127.0.0.1 when not given.")
  private String bind = LedgerServer.Options.LOOPBACK;

  @Option(
      names = "--lease-seconds",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description =
          "How long an open run may say nothing before it is interrupted, as presumed lost; its own"
              + " end, coming later, still counts. 3600 when not given, 0 for no such limit.")
  private long leaseSeconds;

  @Option(
      names = "--gateways",
      paramLabel = "FILE",
      description =
          "Follow the OpenClaw gateways that this file names, as 'openclaw follow' does, and tell"
              + " how they do at /v1/gateways: {\"gateways\":[{\"name\":\"main\","
              + "\"url\":\"ws://127.0.0.1:18789\",\"tokenFile\":\"token\"}]}; \"rawFolder\" keeps"
              + " the frames.")
  private @Nullable String gateways;

  @Option(
      names = "--no-auth",
      description = "Ask nobody for credentials. There is no other way yet, so it changes nothing.")
  @SuppressWarnings("UnusedVariable") // it says what is so anyway
  private boolean noAuth;

  ServeVerb(Terminal terminal) {
    super(terminal);
  }

  /** A server that listens, and the folder that it holds. */
  record Running(LedgerServer server, @Nullable DataFolder folder) implements AutoCloseable {

    @Override
    public void close() {
      // The folder is let go after the database in it, also when stopping fails.
      try (folder;
          server) {
        return;
      }
    }
  }

  @Override
  int run() throws Exception {
    if (!verbose()) {
      Logging.informative();
    }
    Running running = start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running), "stop"));
    tell(running);
    new CountDownLatch(1).await();
    return Exit.DONE;
  }

  Running start() {
    if (port < 0 || port > PORT_MAX) {
      throw wrongUsage("--port is " + port + ", a number from 0 to " + PORT_MAX + " is expected");
    }
    if (leaseSeconds < 0) {
      throw wrongUsage("--lease-seconds is " + leaseSeconds + ", it counts from 0");
    }
    Duration lease = Duration.ofSeconds(leaseSeconds);
    requireLoopback();
    LedgerStorage storage = storage();
    List<Gateway> followed = gateways();
    DataFolder folder =
        storage instanceof LedgerStorage.Folder f ? LedgerDoor.take(f.path()) : null;
    LedgerServer server = null;
    try {
      server = LedgerServer.start(new LedgerServer.Options(bind, port, storage, lease, followed));
      if (folder != null) {
        folder.announce(server.uri());
      }
      return new Running(server, folder);
    } catch (RuntimeException | Error e) {
      if (server != null) {
        server.close();
      }
      if (folder != null) {
        folder.close();
      }
      throw e;
    }
  }

  private List<Gateway> gateways() {
    if (gateways == null) {
      return List.of();
    }
    try {
      return GatewaysFile.read(path("--gateways", gateways));
    } catch (IOException e) {
      throw new Failure(
          "The file of gateways " + gateways + " cannot be read: " + DataFolder.reason(e) + ".", e);
    } catch (IllegalArgumentException e) {
      throw new Failure("The file of gateways " + gateways + " " + e.getMessage() + ".", e);
    }
  }

  private void requireLoopback() {
    try {
      if (!InetAddress.getByName(bind).isLoopbackAddress()) {
        throw wrongUsage(
            "--bind "
                + bind
                + " would let other machines in, and nothing protects the ledger yet; bind to"
                + " 127.0.0.1 and put a proxy that authenticates in front of it");
      }
    } catch (UnknownHostException e) {
      throw new Failure("--bind " + bind + " is no address of this machine.", e);
    }
  }

  private void tell(Running running) {
    String address = running.server().uri().toString();
    String folder = running.folder() == null ? null : running.folder().path().toString();
    if (json()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode().put("address", address);
      if (folder != null) {
        document.put("data", folder);
      }
      print(document);
    } else {
      Style style = terminal().style();
      terminal().out().println("Session Ledger listens on " + style.bold(address));
      if (folder != null) {
        terminal().out().println("  data folder  " + Shown.text(folder));
      }
      terminal().out().println("  API          " + address + "/v1/openapi.json");
      terminal().out().println("  stop it with Ctrl-C or SIGTERM");
    }
    terminal().out().flush();
  }

  /** Having stopped as it was told is success, whatever status a signal would give. */
  private static void stop(Running running) {
    running.close();
    Runtime.getRuntime().halt(Exit.DONE);
  }
}
