package org.sessionledger.app.api;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;

/** A real server on a port of its own and an H2 folder of its own, for a class of tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerTest {

  private final AtomicInteger keys = new AtomicInteger();

  LedgerServer server;
  Client client;

  /** Another storage for the same tests. */
  LedgerStorage storage(Path folder) {
    return new LedgerStorage.Folder(folder);
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    server = LedgerServer.start(LedgerServer.Options.local(0, storage(folder)));
    client = new Client(server.uri());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** A key that no other test of the class uses. */
  String freshKey() {
    return "agent:main:test:" + keys.incrementAndGet();
  }
}
