package org.sessionledger.app.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.follow.GatewayAddress;

/** Where a gateway is and its token, as options name them. */
final class GatewayOptions {

  private GatewayOptions() {}

  /** The value of {@code --url}. */
  static URI uri(StoreVerb verb, String url) {
    try {
      return GatewayAddress.of(url);
    } catch (IllegalArgumentException e) {
      throw verb.wrongUsage("--url " + e.getMessage());
    }
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
