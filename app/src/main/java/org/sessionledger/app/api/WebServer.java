package org.sessionledger.app.api;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.ProtocolHandler;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Tomcat as the API needs it: any session key in a path, no error pages of its own. */
final class WebServer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  /** A key of 512 characters is up to 6 KiB when percent-encoded, and a query may hold two. */
  private static final int HEADER_BYTES_MAX = 65_536;

  /**
   * A body that was refused is read to its end up to here, so that the answer reaches its sender.
   */
  static final int SWALLOWED_BYTES_MAX = 256 << 20;

  /** How long a header, or the next piece of a body, may take to come. */
  private static final int SLOW_MILLIS = 20_000;

  /**
   * What the operating system takes of an answer that nobody reads yet: more than anything that a
   * stranger is given, so that no thread waits for him. His connection ends with the answer. Within
   * one machine the buffers are large anyway; over a network they begin at some 40 kB.
   */
  static final int UNREAD_BYTES = 256 << 10;

  /** How long a connection may be silent between two requests. */
  private static final int KEEP_ALIVE_MILLIS = 60_000;

  /** Connections that wait to be accepted. */
  private static final int ACCEPT_BACKLOG = 1_024;

  /** What older clients leave bare in a path or query; the strict ones encode it. */
  private static final String BARE_CHARACTERS = "\"<>[\\]^`{|}";

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(WebServer::customize);
    factory.addContextCustomizers(
        context -> {
          if (context.getParent() instanceof StandardHost host) {
            host.setErrorReportValveClass(ProblemReportValve.class.getName());
          }
        });
  }

  private static void customize(Connector connector) {
    ProtocolHandler handler = connector.getProtocolHandler();
    if (handler instanceof AbstractHttp11Protocol<?> http) {
      http.setMaxHttpRequestHeaderSize(HEADER_BYTES_MAX);
      http.setConnectionTimeout(SLOW_MILLIS);
      http.setKeepAliveTimeout(KEEP_ALIVE_MILLIS);
      http.setProperty("socket.txBufSize", String.valueOf(UNREAD_BYTES));
      http.setMaxSwallowSize(SWALLOWED_BYTES_MAX);
      http.setRelaxedPathChars(BARE_CHARACTERS);
      http.setRelaxedQueryChars(BARE_CHARACTERS);
      http.setContinueResponseTiming("onRead");
      // When a server starts again, all its readers connect again at once.
      http.setAcceptCount(ACCEPT_BACKLOG);
      // A runtime keeps its connections; Tomcat would close each after 100 requests.
      http.setMaxKeepAliveRequests(-1);
    }
    connector.addLifecycleListener(
        event -> {
          // The connector makes its own adapter when it is initialised.
          if (Lifecycle.AFTER_INIT_EVENT.equals(event.getType())) {
            handler.setAdapter(new RawPathAdapter(handler.getAdapter()));
          }
        });
  }
}
