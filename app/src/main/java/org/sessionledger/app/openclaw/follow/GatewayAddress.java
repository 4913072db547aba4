package org.sessionledger.app.openclaw.follow;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where a gateway is, as somebody wrote it down. */
public final class GatewayAddress {

  /** Where a gateway is that nobody configured otherwise. */
  public static final String USUAL = "ws://127.0.0.1:18789";

  private GatewayAddress() {}

  /**
   * Reads an address, and refuses one that would give the token away.
   *
   * @throws IllegalArgumentException with what is wrong, as the end of a sentence that begins with
   *     where the address stands
   */
  public static URI of(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is no address such as " + USUAL, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("ws") || scheme.equals("wss")) || uri.getHost() == null) {
      throw new IllegalArgumentException("is no address such as " + USUAL);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "has more than a host, a port and a path; a token goes into a file");
    }
    if (scheme.equals("ws") && !isThisMachine(uri.getHost())) {
      throw new IllegalArgumentException(
          "would send the token in the clear to "
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
}
