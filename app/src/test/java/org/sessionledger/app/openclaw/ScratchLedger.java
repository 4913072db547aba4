package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.sessionledger.core.ledger.Ledger;

/** A real ledger in a folder that goes with it. */
final class ScratchLedger implements AutoCloseable {

  private final Path folder;
  private final Ledger ledger;

  ScratchLedger() {
    try {
      folder = Files.createTempDirectory("scratch-ledger");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ledger = Ledger.open(folder);
  }

  Decider decider() {
    return new LedgerDecider(ledger);
  }

  @Override
  public void close() {
    ledger.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
