package org.sessionledger.app.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.sessionledger.core.testing.LedgerAudit;

/** A PostgreSQL server of a test's own, which it may stop and start. */
final class OwnPostgres implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path data;
  private EmbeddedPostgres server;

  OwnPostgres(Path data) {
    this.data = data;
    this.server = start(0);
  }

  private EmbeddedPostgres start(int port) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setPGStartupWait(PATIENCE)
            // Then the last commits would die with the server; the ledger does not rely on it.
            .setServerConfig("synchronous_commit", "off")
            // Small, for small disks.
            .setServerConfig("min_wal_size", "32MB")
            .setServerConfig("max_wal_size", "64MB");
    if (port > 0) {
      builder.setPort(port);
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String jdbcUrl() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** Without a checkpoint, and without waiting for anybody. */
  void stopAtOnce() {
    ProcessHandle postmaster = postmaster().orElseThrow();
    if (!Commands.run("kill", "-QUIT", "" + postmaster.pid())) {
      throw new IllegalStateException("cannot stop PostgreSQL");
    }
    postmaster.onExit().join();
  }

  /**
   * Cuts everybody's connection, in the middle of whatever they are at.
   *
   * @return how many there were
   */
  int cutConnections() {
    AtomicInteger cut = new AtomicInteger();
    LedgerAudit.each(
        server.getPostgresDatabase(),
        "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) AS n FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        row -> cut.set(row.getInt("n")));
    return cut.get();
  }

  boolean isRunning() {
    return postmaster().isPresent();
  }

  /** Where it was. */
  void startAgain() {
    try {
      // It has been stopped already; this lets its folder go.
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = start(server.getPort());
  }

  private Optional<ProcessHandle> postmaster() {
    try {
      Path pid = data.resolve("postmaster.pid");
      return Files.exists(pid)
          ? ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).get(0)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
