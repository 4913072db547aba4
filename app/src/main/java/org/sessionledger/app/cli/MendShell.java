package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.doctor.Mend;
import org.sessionledger.app.openclaw.follow.GatewayAddress;
import org.sessionledger.core.session.Json;

/**
 * Commands that a person may copy into a POSIX shell, whatever a session key holds: it stands in
 * JSON, where what would steer a terminal is escaped, and the JSON in quotes.
 *
 * @param where the options that say where the ledger is
 * @param url the gateway's, where the caller named one
 * @param store the gateway's folder, where that is examined
 */
record MendShell(
    String program,
    String where,
    @Nullable String url,
    @Nullable String tokenFile,
    @Nullable String store)
    implements Mend.Shell {

  @Override
  public String gateway(String method, JsonNode params) {
    String call = "openclaw gateway call " + method + " --params " + quoted(params);
    // Without options it calls the gateway of its own configuration; with a URL it wants a token.
    return url == null || url.equals(GatewayAddress.USUAL) || tokenFile == null
        ? call
        : call + " --url " + Shell.quote(url) + " --token \"$(cat " + file(tokenFile) + ")\"";
  }

  @Override
  public String ledger(JsonNode command) {
    return "printf '%s\\n' " + quoted(command) + " | " + program + " command send -" + where;
  }

  @Override
  public String catchUp() {
    if (store != null) {
      return program + " openclaw import " + file(store) + where;
    }
    return program
        + " openclaw follow"
        + (url == null ? "" : " --url " + Shell.quote(url))
        + (tokenFile == null ? "" : " --token-file " + file(tokenFile))
        + where;
  }

  private static String file(String name) {
    return Shell.quote(name.startsWith("-") ? "./" + name : name);
  }

  private static String quoted(JsonNode json) {
    return Shell.quote(Shown.json(Json.write(json)));
  }
}
