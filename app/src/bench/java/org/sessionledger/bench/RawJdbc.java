package org.sessionledger.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes the rows of a recording by prepared statements in batches, and does nothing else: no
 * deciding, no JSON, no hash, no lookups. Rows are in memory before a window begins, and each
 * window begins with the recording, in a fresh database.
 */
final class RawJdbc implements Competitor {

  private final Recording recording;
  private final Callable<HikariConfig> fresh;
  private final int threads;

  /** Executed after each commit; empty for nothing. */
  private final String forcing;

  /**
   * @param fresh the settings of a database that has the ledger's tables and nothing in them
   * @param threads more than one leave out what every transaction writes to the same row, which
   *     would only have them wait for each other
   * @param forcing makes a commit durable where it is not by itself
   */
  RawJdbc(Recording recording, Callable<HikariConfig> fresh, int threads, String forcing) {
    this.recording = recording;
    this.fresh = fresh;
    this.threads = threads;
    this.forcing = forcing;
  }

  /** Writes all of the recording, and tells in which tables that is not what the ledger left. */
  Set<String> differences() throws Exception {
    try (HikariDataSource pool = new HikariDataSource(fresh.call());
        Recording.Reader reader = new Recording.Reader(recording);
        Writing writing = new Writing(pool, new ConcurrentLinkedQueue<>(), Set.of())) {
      for (int i = 0; i < recording.openings() + recording.transactions(); i++) {
        writing.write(reader.next());
      }
      try (Connection connection = pool.getConnection()) {
        return Contents.of(connection).differences(recording.contents());
      }
    }
  }

  @Override
  public Window run(Duration window) throws Exception {
    try (HikariDataSource pool = new HikariDataSource(fresh.call());
        Recording.Reader reader = new Recording.Reader(recording)) {
      Queue<List<Recording.Row>> loaded = new ConcurrentLinkedQueue<>();
      Set<Integer> left = threads == 1 ? Set.of() : recording.shared();
      try (Writing writing = new Writing(pool, loaded, Set.of())) {
        for (int i = 0; i < recording.openings(); i++) {
          writing.write(reader.next());
        }
      }
      for (int i = 0; i < recording.transactions(); i++) {
        loaded.add(reader.next());
      }
      try (Clients clients = new Clients(threads, () -> new Writing(pool, loaded, left))) {
        Window done = clients.run(window);
        return new Window(
            done.commands() * recording.perTransaction(), done.nanos(), done.latencies());
      }
    }
  }

  /** One connection and its statements. */
  private final class Writing implements Clients.Client {

    private final Connection connection;
    private final Queue<List<Recording.Row>> transactions;
    private final Set<Integer> leaveOut;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Writing(HikariDataSource pool, Queue<List<Recording.Row>> transactions, Set<Integer> leaveOut)
        throws SQLException {
      this.connection = pool.getConnection();
      this.transactions = transactions;
      this.leaveOut = leaveOut;
      connection.setAutoCommit(false);
    }

    @Override
    public boolean send() throws SQLException {
      List<Recording.Row> rows = transactions.poll();
      if (rows == null) {
        return false;
      }
      write(rows);
      return true;
    }

    void write(List<Recording.Row> rows) throws SQLException {
      for (int i = 0; i < rows.size(); ) {
        int shape = rows.get(i).shape();
        int end = i + 1;
        while (end < rows.size() && rows.get(end).shape() == shape) {
          end++;
        }
        if (!leaveOut.contains(shape)) {
          write(statement(recording.shapes().get(shape)), rows.subList(i, end));
        }
        i = end;
      }
      connection.commit();
      if (!forcing.isEmpty()) {
        statement(forcing).execute();
        connection.commit();
      }
    }

    private void write(PreparedStatement statement, List<Recording.Row> rows) throws SQLException {
      if (rows.size() == 1) {
        Changes.bind(statement, rows.get(0).values());
        requireWritten(statement.executeUpdate());
        return;
      }
      for (Recording.Row row : rows) {
        Changes.bind(statement, row.values());
        statement.addBatch();
      }
      for (int count : statement.executeBatch()) {
        requireWritten(count);
      }
    }

    /** On several threads the end of a run may, rarely, overtake its start. */
    private void requireWritten(int count) {
      if (count != 1 && count != Statement.SUCCESS_NO_INFO && threads == 1) {
        throw new IllegalStateException(count + " rows were written, not one");
      }
    }

    private PreparedStatement statement(String text) throws SQLException {
      PreparedStatement known = statements.get(text);
      if (known == null) {
        known = connection.prepareStatement(text);
        statements.put(text, known);
      }
      return known;
    }

    @Override
    public void close() throws SQLException {
      connection.rollback();
      connection.setAutoCommit(true);
      connection.close();
    }
  }
}
