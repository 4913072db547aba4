package org.sessionledger.app;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
          Map.entry("axon.serializer.general", "jackson"),
          Map.entry("axon.axonserver.enabled", "false"));

  /**
   * How a server is started.
   *
   * @param bind the address to listen on
   * @param port 0: any free one
   * @param lease how long an open run may say nothing before it is interrupted; zero: for ever
   * @param gateways that it follows
   */
  public record Options(
      String bind, int port, LedgerStorage storage, Duration lease, List<Gateway> gateways) {

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

  private final ServletWebServerApplicationContext context;
  private final Options options;

  private final Gateways gateways;

  /** Null where leases last for ever. */
  private final @Nullable RunWatchdog watchdog;

  private LedgerServer(ServletWebServerApplicationContext context, Options options) {
    this.context = context;
    this.options = options;
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
    application.setDefaultProperties(SETTINGS);
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

  /** Where clients on this machine find it. */
  public URI uri() {
    String host = options.bind().contains(":") ? "[" + options.bind() + "]" : options.bind();
    return URI.create("http://" + host + ":" + port());
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
