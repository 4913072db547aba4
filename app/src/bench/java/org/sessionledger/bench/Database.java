package org.sessionledger.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.sessionledger.app.api.LedgerStorage;

/** Where everything is measured. */
sealed interface Database extends AutoCloseable {

  String name();

  /** What the figures depend on. */
  String settings() throws SQLException;

  Home fresh(String name) throws SQLException;

  @Override
  void close() throws IOException, SQLException;

  /** Files under a folder. */
  record H2(Path folder) implements Database {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @Override
    public String name() {
      return "h2";
    }

    @Override
    public String settings() throws SQLException {
      Home home = fresh("settings");
      String own;
      try (LedgerStorage.OpenLedger open = home.open()) {
        own = Home.own(open.ledger()).unwrap(JdbcDataSource.class).getURL();
      }
      return "the ledger "
          + options(own)
          + ", everybody else "
          + options(home.settings().getJdbcUrl());
    }

    private static String options(String url) {
      return url.substring(0, url.indexOf(':', "jdbc:h2:".length()))
          + url.substring(url.indexOf(';'));
    }

    @Override
    public Home fresh(String name) {
      Path path = folder.resolve(name + "-" + NUMBERS.incrementAndGet());
      return Home.made(this, new LedgerStorage.Folder(path));
    }

    @Override
    public void close() {}
  }

  /** One server, a database for each. */
  record Postgres(EmbeddedPostgres server) implements Database {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Whatever else is on, an acknowledged commit is on the disk. */
    private static final List<String> DURABLE = List.of("fsync", "synchronous_commit");

    static Postgres start() throws IOException, SQLException {
      // The library turns both off, for the sake of tests.
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .setServerConfig("shared_buffers", "256MB")
              .setServerConfig("max_wal_size", "4GB")
              .setServerConfig("max_connections", "400")
              .start();
      Postgres postgres = new Postgres(server);
      for (String setting : DURABLE) {
        if (!postgres.show(setting).equals("on")) {
          throw new IllegalStateException(setting + " is off: nothing here would be durable");
        }
      }
      return postgres;
    }

    @Override
    public String name() {
      return "pg";
    }

    @Override
    public String settings() throws SQLException {
      StringJoiner all = new StringJoiner(", ");
      for (String setting :
          List.of(
              "server_version",
              "fsync",
              "synchronous_commit",
              "full_page_writes",
              "wal_sync_method",
              "shared_buffers",
              "max_wal_size",
              "checkpoint_timeout",
              "autovacuum")) {
        all.add(setting + " " + show(setting));
      }
      return all.toString();
    }

    private String show(String setting) throws SQLException {
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW " + setting)) {
        row.next();
        return row.getString(1);
      }
    }

    @Override
    public Home fresh(String name) throws SQLException {
      String database = name.replace('-', '_') + "_" + NUMBERS.incrementAndGet();
      Home.execute(server.getPostgresDatabase(), "CREATE DATABASE " + database);
      return Home.made(
          this,
          new LedgerStorage.Database(
              server.getJdbcUrl("postgres", database), "postgres", "postgres"));
    }

    @Override
    public void close() throws IOException, SQLException {
      // Else the server would write everything when it stops, longer than anybody waits for it.
      Home.execute(server.getPostgresDatabase(), "CHECKPOINT");
      server.close();
    }
  }
}
