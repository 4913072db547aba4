package org.sessionledger.app.cli;

import java.nio.file.Path;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerStorage;

/** A server that has a data folder, in this JVM. */
final class ServedFolder {

  private ServedFolder() {}

  static ServeVerb.Running serve(Path folder) {
    DataFolder mine = LedgerDoor.take(folder);
    LedgerServer server =
        LedgerServer.start(LedgerServer.Options.local(0, new LedgerStorage.Folder(folder)));
    mine.announce(server);
    return new ServeVerb.Running(server, mine);
  }
}
