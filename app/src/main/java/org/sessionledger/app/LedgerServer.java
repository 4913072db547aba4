package org.sessionledger.app;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.access.web.AccessConfiguration;
import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.gateways.Gateway;
import org.sessionledger.app.gateways.GatewayBoard;
import org.sessionledger.app.gateways.Gateways;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.RunWatchdog;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The HTTP server, from its start to its end. */
public final class LedgerServer implements AutoCloseable {

  /** In a data folder: where the following of each gateway stands. */
  public static final String MARKS_FOLDER = "gateways";

  private static final Map<String, Object> SETTINGS =
      Map.ofEntries(
          Map.entry("server.shutdown", "graceful"),
          Map.entry("spring.lifecycle.timeout-per-shutdown-phase", "30s"),
          Map.entry("spring.main.banner-mode", "off"),
          Map.entry("spring.main.log-startup-info", "false"),
          Map.entry("spring.jmx.enabled", "false"),
          Map.entry("server.tomcat.mbeanregistry.enabled", "false"),
          Map.entry("spring.web.resources.add-mappings", "false"),
          Map.entry("spring.servlet.multipart.enabled", "false"),
          Map.entry("spring.mvc.formcontent.filter.enabled", "false"),
          Map.entry("spring.thymeleaf.prefix", "classpath:/org/sessionledger/app/console/"),
          Map.entry("spring.thymeleaf.check-template-location", "false"),
          // A page that fails half way is an error page, and not half a page.
          Map.entry("spring.thymeleaf.servlet.produce-partial-output-while-processing", "false"),
          Map.entry("server.servlet.session.cookie.name", AccessConfiguration.SESSION_COOKIE),
          Map.entry("server.servlet.session.cookie.http-only", "true"),
          Map.entry("server.servlet.session.cookie.same-site", "strict"),
          Map.entry("server.servlet.session.cookie.path", "/"),
          // Never in an address, which is logged and sent on.
          Map.entry("server.servlet.session.tracking-modes", "cookie"),
          Map.entry("server.servlet.session.timeout", "8h"),
          Map.entry("server.tomcat.max-http-form-post-size", "64KB"),
          Map.entry("axon.serializer.general", "jackson"),
          Map.entry("axon.axonserver.enabled", "false"));

  /**
   * How a server is started.
   *
   * @param bind the address to listen on
   * @param port 0: any free one
   * @param lease how long an open run may say nothing before it is interrupted; zero: for ever
   * @param gateways that it follows
   * @param access whom it asks for credentials
   * @param tls null: it speaks plain HTTP
   */
  public record Options(
      String bind,
      int port,
      LedgerStorage storage,
      Duration lease,
      List<Gateway> gateways,
      AccessOptions access,
      @Nullable Tls tls) {

    /** Asks nobody for credentials. */
    public Options(
        String bind, int port, LedgerStorage storage, Duration lease, List<Gateway> gateways) {
      this(bind, port, storage, lease, gateways, AccessOptions.OFF, null);
    }

    /** An hour. */
    public static final Duration LEASE = Duration.ofHours(1);

    InetAddress address() {
      try {
        return InetAddress.getByName(bind);
      } catch (UnknownHostException e) {
        throw new LedgerUnavailable("Cannot listen on " + bind + ": no such address.", e);
      }
    }

    /** This machine only. */
    public static final String LOOPBACK = "127.0.0.1";

    /** For this machine only. */
    public static Options local(int port, LedgerStorage storage) {
      return new Options(LOOPBACK, port, storage, LEASE, List.of());
    }
  }

  /**
   * What it proves itself with.
   *
   * @param certificate its certificate and those it rests on, in PEM
   * @param key the certificate's private key, in PEM
   */
  public record Tls(Path certificate, Path key) {}

  private final ServletWebServerApplicationContext context;
  private final Options options;
  private final String localToken;
  private final @Nullable String firstToken;

  private final Gateways gateways;

  /** Null where leases last for ever. */
  private final @Nullable RunWatchdog watchdog;

  private LedgerServer(ServletWebServerApplicationContext context, Options options) {
    this.context = context;
    this.options = options;
    Tokens tokens = bean(Tokens.class);
    String user = System.getProperty("user.name", "local");
    this.localToken = tokens.createLocal(user);
    this.firstToken =
        options.access().required()
            ? tokens.createFirst(user).map(Tokens.Given::secret).orElse(null)
            : null;
    this.watchdog =
        options.lease().isZero()
            ? null
            : RunWatchdog.start(bean(Ledger.class), bean(Views.class), options.lease());
    this.gateways =
        Gateways.follow(
            bean(GatewayBoard.class),
            new ApiDecider(api()),
            options.storage() instanceof LedgerStorage.Folder folder
                ? folder.path().resolve(MARKS_FOLDER)
                : null,
            ProgramVersion.number());
  }

  /**
   * Starts a server; when this returns, it answers.
   *
   * @throws LedgerUnavailable when the storage cannot be opened or the port is taken
   */
  public static LedgerServer start(Options options) {
    HomeCalls.forbid();
    SpringApplication application = new SpringApplication(LedgerApplication.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.setDefaultProperties(settings(options));
    application.addInitializers(
        context ->
            ((GenericApplicationContext) context).registerBean(Options.class, () -> options));
    try {
      return new LedgerServer((ServletWebServerApplicationContext) application.run(), options);
    } catch (RuntimeException e) {
      throw plain(e, options);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return context.getWebServer().getPort();
  }

  private static Map<String, Object> settings(Options options) {
    Map<String, Object> settings = new HashMap<>(SETTINGS);
    if (options.tls() != null) {
      settings.put("server.ssl.certificate", options.tls().certificate().toUri().toString());
      settings.put(
          "server.servlet.session.cookie.name", AccessConfiguration.SESSION_COOKIE_OVER_TLS);
      settings.put("server.servlet.session.cookie.secure", "true");
      settings.put("server.ssl.certificate-private-key", options.tls().key().toUri().toString());
    }
    return settings;
  }

  /** Where clients on this machine find it. */
  public URI uri() {
    String bind = options.address().isAnyLocalAddress() ? Options.LOOPBACK : options.bind();
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    return URI.create((certificate() == null ? "http://" : "https://") + host + ":" + port());
  }

  /** What it proves itself with; null when it speaks plain HTTP. */
  public @Nullable X509Certificate certificate() {
    return ServerCertificate.of(context);
  }

  /** An admin's token for whoever may read this machine's data folder; good while this runs. */
  public String localToken() {
    return localToken;
  }

  /** The token of a ledger that never had an admin, which nobody can tell again; null: it had. */
  public @Nullable String firstToken() {
    return firstToken;
  }

  /**
   * A link to the console that brings {@link #firstToken} along, behind a {@code #}: a browser
   * sends no server what stands there. Null: there is no first token.
   */
  public @Nullable String firstSignIn() {
    return firstToken == null ? null : uri() + AccessConfiguration.SIGN_IN + "#token=" + firstToken;
  }

  /** The same answers without the wire. */
  public LedgerApi api() {
    return bean(LedgerApi.class);
  }

  /** A part of the server, for what is put into the same process. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Finishes the requests under way and what was accepted, then lets the storage go. */
  @Override
  public void close() {
    gateways.close();
    if (watchdog != null) {
      watchdog.close();
    }
    context.close();
  }

  /** What the starter of a server can act on, out of the framework's wrappings. */
  private static RuntimeException plain(RuntimeException e, Options options) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LedgerUnavailable unavailable) {
        return unavailable;
      }
      if (cause instanceof PortInUseException) {
        return new LedgerUnavailable(
            "Port "
                + options.port()
                + " of "
                + options.bind()
                + " is taken; name another one or stop what listens there.",
            e);
      }
      if (cause instanceof java.net.BindException) {
        return new LedgerUnavailable(
            "Cannot listen on " + options.bind() + ":" + options.port() + ": " + cause.getMessage(),
            e);
      }
    }
    return e;
  }
}
