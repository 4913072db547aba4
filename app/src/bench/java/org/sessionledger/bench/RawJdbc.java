package org.sessionledger.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
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
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes the rows of a recording by prepared statements in batches, and does nothing else: no
 * deciding, no JSON, no hash, no lookups. Rows are in memory before a window begins.
 */
final class RawJdbc implements Competitor {

  private final Recording recording;
  private final int atOnce;
  private final HikariDataSource pool;
  private final Recording.Reader reader;
  private final Queue<List<Recording.Row>> loaded = new ConcurrentLinkedQueue<>();
  private final Set<Integer> left;
  private final Clients clients;
  private int taken;

  /** Executed after each commit; empty for nothing. */
  private final String forcing;

  /**
   * @param threads more than one leave out what every transaction writes to the same row, which
   *     would only have them wait for each other
   * @param perWindow commands for each window, at most
   */
  RawJdbc(Recording recording, HikariConfig settings, int threads, int perWindow)
      throws SQLException, IOException {
    this(recording, settings, threads, perWindow, "");
  }

  /**
   * @param forcing makes each commit durable where it is not by itself
   */
  RawJdbc(
      Recording recording, HikariConfig settings, int threads, int perWindow, String forcing)
      throws SQLException, IOException {
    this.forcing = forcing;
    this.recording = recording;
    this.atOnce = perWindow / recording.perTransaction();
    this.pool = new HikariDataSource(settings);
    this.reader = new Recording.Reader(recording);
    this.left = threads == 1 ? Set.of() : recording.shared();
    try (Writing writing = new Writing()) {
      for (int i = 0; i < recording.openings(); i++) {
        writing.write(reader.next(), Set.of());
      }
    }
    this.clients = new Clients(threads, this::client);
  }

  @Override
  public Window run(Duration window) throws Exception {
    int more = Math.min(atOnce - loaded.size(), recording.transactions() - taken);
    for (int i = 0; i < more; i++) {
      loaded.add(reader.next());
    }
    taken += more;
    Window done = clients.run(window);
    if (done.commands() == 0) {
      throw new IllegalStateException("the recording is too short");
    }
    return new Window(done.commands() * recording.perTransaction(), done.nanos(), done.latencies());
  }

  private Clients.Client client() {
    try {
      return new Writing();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    clients.close();
    pool.close();
    reader.close();
  }

  /** One connection and its statements. */
  private final class Writing implements Clients.Client {

    private final Connection connection = pool.getConnection();
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Writing() throws SQLException {
      connection.setAutoCommit(false);
    }

    @Override
    public boolean send() throws SQLException {
      List<Recording.Row> rows = loaded.poll();
      if (rows == null) {
        return false;
      }
      write(rows, left);
      return true;
    }

    void write(List<Recording.Row> rows, Set<Integer> leaveOut) throws SQLException {
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
      if (count != 1 && count != Statement.SUCCESS_NO_INFO && left.isEmpty()) {
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
