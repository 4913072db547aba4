package org.sessionledger.app.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import org.sessionledger.app.openclaw.Secret;

/** Where a gateway is and its token, as options name them. */
final class GatewayAddress {

  static final String USUAL = "ws://127.0.0.1:18789";

  private GatewayAddress() {}

  /** The value of {@code --url}. */
  static URI uri(StoreVerb verb, String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw verb.wrongUsage("--url is no address such as " + USUAL);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("ws") || scheme.equals("wss")) || uri.getHost() == null) {
      throw verb.wrongUsage("--url is no address such as " + USUAL);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw verb.wrongUsage(
          "--url has more than a host, a port and a path; a token goes into a file");
    }
    if (scheme.equals("ws") && !isThisMachine(uri.getHost())) {
      throw verb.wrongUsage(
          "--url would send the token in the clear to "
              + uri.getHost()
              + "; use wss://, or a tunnel to 127.0.0.1");
    }
    return uri;
  }

  private static boolean isThisMachine(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** What stands in the file that {@code --token-file} names. */
  static Secret token(StoreVerb verb, String file) {
    Path path = verb.path("--token-file", file);
    try {
      return Secret.read(path);
    } catch (IOException e) {
      throw new Failure(
          "The token file " + file + " cannot be read: " + DataFolder.reason(e) + ".", e);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          "The token file "
              + file
              + " "
              + e.getMessage()
              + "; it must hold the gateway's token and nothing else.",
          e);
    }
  }
}
