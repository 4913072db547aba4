package org.sessionledger.app.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;

/**
 * Opens the ledger that a verb asks: the one in the data folder when nobody has the folder,
 * otherwise the one of the server that has it.
 */
final class LedgerDoor {

  /** How long a folder may be in other hands before that is a failure: other verbs are short. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(50);

  /**
   * A ledger that answers until it is closed.
   *
   * @param folder held for as long; null when another process or no folder is asked
   */
  record Opened(LedgerApi api, @Nullable DataFolder folder) implements AutoCloseable {

    @Override
    public void close() {
      // The folder is let go after the database in it, also when closing that fails.
      try (folder;
          api) {
        return;
      }
    }
  }

  private LedgerDoor() {}

  /**
   * Opens a ledger.
   *
   * @throws Failure when the folder is held and nobody answers, or is not writable
   * @throws org.sessionledger.core.ledger.LedgerUnavailable when the ledger cannot be opened
   */
  static Opened open(LedgerStorage storage) {
    return open(storage, null);
  }

  /**
   * Opens a ledger.
   *
   * @param token shown to a server instead of the folder's own; null: none
   * @throws Failure when the folder is held and nobody answers, or is not writable
   * @throws org.sessionledger.core.ledger.LedgerUnavailable when the ledger cannot be opened
   */
  static Opened open(LedgerStorage storage, @Nullable String token) {
    if (!(storage instanceof LedgerStorage.Folder folder)) {
      return new Opened(EmbeddedLedgerApi.open(storage), null);
    }
    return patiently(() -> tryOpen(folder, token)).orElseThrow(() -> held(folder.path()));
  }

  /**
   * Takes a folder for a server.
   *
   * @throws Failure when it is in other hands
   */
  static DataFolder take(Path path) {
    return patiently(() -> DataFolder.take(path)).orElseThrow(() -> held(path));
  }

  /**
   * The server that runs on a folder now; the folder itself is never taken.
   *
   * @param token shown to it instead of the folder's own; null: none
   */
  static Optional<LedgerApi> server(LedgerStorage storage, @Nullable String token) {
    return storage instanceof LedgerStorage.Folder folder
        ? answering(folder, token)
        : Optional.empty();
  }

  private static Optional<LedgerApi> answering(
      LedgerStorage.Folder storage, @Nullable String token) {
    return DataFolder.server(storage.path())
        .filter(RemoteLedgerApi::answers)
        .map(server -> RemoteLedgerApi.of(server, token));
  }

  private static Optional<Opened> tryOpen(LedgerStorage.Folder storage, @Nullable String token) {
    Optional<DataFolder> mine = DataFolder.take(storage.path());
    if (mine.isPresent()) {
      return Optional.of(openMine(storage, mine.get()));
    }
    return answering(storage, token).map(server -> new Opened(server, null));
  }

  private static Opened openMine(LedgerStorage storage, DataFolder folder) {
    try {
      return new Opened(EmbeddedLedgerApi.open(storage), folder);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  private static <T> Optional<T> patiently(Supplier<Optional<T>> attempt) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<T> result = attempt.get();
    while (result.isEmpty() && System.nanoTime() - deadline < 0) {
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return result;
      }
      result = attempt.get();
    }
    return result;
  }

  private static Failure held(Path path) {
    Optional<DataFolder.Server> server = DataFolder.server(path).filter(RemoteLedgerApi::answers);
    if (server.isPresent()) {
      return new Failure(
          "A server runs on the data folder "
              + path
              + " already: process "
              + server.get().pid()
              + " at "
              + server.get().address()
              + ".");
    }
    String who = DataFolder.holder(path).map(pid -> "process " + pid).orElse("another process");
    return new Failure(
        "The data folder "
            + path
            + " is in use by "
            + who
            + ", and no server answers there; wait for it or stop it.");
  }
}
