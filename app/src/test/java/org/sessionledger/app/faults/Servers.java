package org.sessionledger.app.faults;

import java.nio.file.Path;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Durability;

/** Servers in this process. */
final class Servers {

  private Servers() {}

  /**
   * Starts one on any free port.
   *
   * @param place where its ledger is: a folder, or a JDBC URL
   */
  static LedgerServer start(String place) {
    return start(place, 0);
  }

  static LedgerServer start(String place, int port) {
    return LedgerServer.start(LedgerServer.Options.local(port, storage(place)));
  }

  private static LedgerStorage storage(String place) {
    return place.startsWith("jdbc:")
        ? new LedgerStorage.Database(place, "postgres", "postgres")
        : new LedgerStorage.Folder(Path.of(place), Durability.PROCESS_CRASH);
  }
}
