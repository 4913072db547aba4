package org.sessionledger.app.gateways;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Clock;
import java.util.List;
import org.sessionledger.app.api.GatewayDirectory;
import org.sessionledger.core.session.Json;

/** How each gateway does that the server follows. */
public final class GatewayBoard implements GatewayDirectory {

  record Entry(Gateway gateway, GatewayState state) {}

  private final List<Entry> entries;

  public GatewayBoard(List<Gateway> gateways) {
    this.entries =
        gateways.stream()
            .map(gateway -> new Entry(gateway, new GatewayState(gateway, Clock.systemUTC())))
            .toList();
  }

  List<Entry> entries() {
    return entries;
  }

  @Override
  public ArrayNode gateways() {
    return Json.mapper().valueToTree(entries.stream().map(entry -> entry.state().view()).toList());
  }
}
