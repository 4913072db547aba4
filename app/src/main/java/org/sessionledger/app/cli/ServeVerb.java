package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.Role;
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
            + " The other verbs find the server by the data folder. Whoever asks needs a token: the"
            + " first start makes an admin's and prints it once, 'token create' makes others."
            + " stderr tells of each refusal, one JSON object a line.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --port 9000 --data /var/lib/session-ledger",
      "  curl -s -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/v1/stats",
      "  ${COMMAND-FULL-NAME} --bind 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem"
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
      description =
          "The address to listen on; 127.0.0.1, which is this machine's own, when not given.")
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
      description = "Ask nobody for a token; for this machine's own addresses only.")
  private boolean noAuth;

  @Option(
      names = "--rate-limit",
      paramLabel = "N",
      defaultValue = "" + AccessOptions.REQUESTS_PER_SECOND,
      description =
          "Requests that one token may make a second, a batch being one; beyond: 429. 2000 when not"
              + " given, 0 for no such limit.")
  private int rateLimit;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "Speak HTTPS, with this certificate and those it rests on, in PEM.")
  private @Nullable String tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key, in PEM.")
  private @Nullable String tlsKey;

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description = "Take JWTs of this issuer, too.")
  private @Nullable URI oidcIssuer;

  @Option(
      names = "--oidc-keys",
      paramLabel = "URL",
      description = "Where its keys (a JWK set) are; where its metadata says when not given.")
  private @Nullable URI oidcKeys;

  @Option(
      names = "--oidc-audience",
      paramLabel = "TEXT",
      description = "The audience that the JWTs must be for.")
  private @Nullable String oidcAudience;

  @Option(
      names = "--oidc-role-claim",
      paramLabel = "NAME",
      defaultValue = AccessOptions.Jwt.ROLE_CLAIM,
      description =
          "The claim that has the roles, such as realm_access.roles; 'roles' when not given.")
  private String oidcRoleClaim = AccessOptions.Jwt.ROLE_CLAIM;

  @Option(
      names = "--oidc-role",
      paramLabel = "VALUE=ROLE",
      description =
          "What a value of that claim means, once for each: reader, runtime, operator or admin."
              + " Without it, the values are these words themselves.")
  private Map<String, String> oidcRoles = new LinkedHashMap<>();

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
    FirstPages.of(running.server());
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
    if (rateLimit < 0) {
      throw wrongUsage("--rate-limit is " + rateLimit + ", it counts from 0");
    }
    AccessOptions access = access();
    LedgerServer.Tls tls = tls();
    requireSafe(tls);
    LedgerStorage storage = storage();
    List<Gateway> followed = gateways();
    DataFolder folder =
        storage instanceof LedgerStorage.Folder f ? LedgerDoor.take(f.path()) : null;
    LedgerServer server = null;
    try {
      server =
          LedgerServer.start(
              new LedgerServer.Options(bind, port, storage, lease, followed, access, tls));
      if (folder != null) {
        folder.announce(server);
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

  private AccessOptions access() {
    if (oidcIssuer == null && oidcKeys == null) {
      if (oidcAudience != null || !oidcRoles.isEmpty()) {
        throw wrongUsage("--oidc-audience and --oidc-role need --oidc-issuer or --oidc-keys");
      }
      return noAuth ? AccessOptions.OFF : new AccessOptions(true, rateLimit, null);
    }
    if (noAuth) {
      throw wrongUsage("--no-auth asks nobody, and --oidc-… says whom to believe; choose one");
    }
    if (oidcAudience == null || oidcAudience.isBlank()) {
      throw wrongUsage(
          "--oidc-audience is missing: a JWT that was issued for another service would open this"
              + " one");
    }
    Map<String, Role> roles = new LinkedHashMap<>();
    oidcRoles.forEach(
        (value, role) ->
            roles.put(
                value,
                Role.of(role)
                    .orElseThrow(
                        () ->
                            wrongUsage(
                                "--oidc-role "
                                    + value
                                    + "="
                                    + role
                                    + " names no role; there are "
                                    + Role.codes()))));
    return new AccessOptions(
        true,
        rateLimit,
        new AccessOptions.Jwt(oidcIssuer, oidcKeys, oidcAudience, oidcRoleClaim, roles));
  }

  private LedgerServer.@Nullable Tls tls() {
    if ((tlsCertificate == null) != (tlsKey == null)) {
      throw wrongUsage("--tls-certificate and --tls-key go together");
    }
    if (tlsCertificate == null || tlsKey == null) {
      return null;
    }
    return new LedgerServer.Tls(
        readable("--tls-certificate", tlsCertificate), readable("--tls-key", tlsKey));
  }

  private Path readable(String option, String file) {
    Path path = path(option, file).toAbsolutePath();
    if (!Files.isReadable(path)) {
      throw new Failure(option + " " + path + " cannot be read.");
    }
    return path;
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

  private void requireSafe(LedgerServer.@Nullable Tls tls) {
    try {
      if (InetAddress.getByName(bind).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw new Failure("--bind " + bind + " is no address of this machine.", e);
    }
    if (noAuth) {
      throw wrongUsage(
          "--bind "
              + bind
              + " lets other machines in, and with --no-auth anybody there could reset sessions;"
              + " leave --no-auth away and give tokens, or bind to 127.0.0.1");
    }
    if (tls == null) {
      terminal()
          .err()
          .println(
              terminal()
                  .style()
                  .bad(
                      "Tokens go over the network in the clear; use --tls-certificate and"
                          + " --tls-key, or a proxy that speaks TLS."));
    }
  }

  void tell(Running running) {
    String address = running.server().uri().toString();
    String token = running.server().firstToken();
    String signIn = running.server().firstSignIn();
    String folder = running.folder() == null ? null : running.folder().path().toString();
    if (json()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode().put("address", address);
      if (folder != null) {
        document.put("data", folder);
      }
      if (token != null) {
        document.put("token", token).put("signIn", signIn);
      }
      print(document);
    } else {
      Style style = terminal().style();
      terminal().out().println("Session Ledger listens on " + style.bold(address));
      if (folder != null) {
        terminal().out().println("  data folder  " + Shown.text(folder));
      }
      terminal().out().println("  API          " + address + "/v1/openapi.json");
      terminal().out().println("  console      " + (signIn == null ? address + "/" : signIn));
      if (token != null) {
        terminal().out().println("  admin token  " + style.bold(token));
        terminal()
            .out()
            .println("               it is shown this once; 'token create' makes others");
      }
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
