package org.sessionledger.core.store.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.testing.LedgerAudit;

/** Changes a ledger's rows as somebody with access to its database would, and can undo it. */
public final class Forger {

  private static final List<String> TABLES =
      List.of(
          "ledger_head",
          "ledger_sessions",
          "ledger_events",
          "ledger_commands",
          "ledger_snapshots",
          "ledger_runs",
          "ledger_generations",
          "ledger_compactions",
          "ledger_instances",
          "ledger_decisions",
          "ledger_rejections");

  private final DataSource dataSource;

  public Forger(DataSource dataSource) {
    this.dataSource = dataSource;
    for (String table : TABLES) {
      execute("CREATE TABLE whole_" + table + " AS SELECT * FROM " + table);
    }
  }

  public void execute(String sql) {
    LedgerAudit.execute(dataSource, sql);
  }

  /** Everything as it was. */
  void undo() {
    TABLES.forEach(this::undoIn);
  }

  /** The tables that a statement names as they were. */
  void undo(String sql) {
    TABLES.stream().filter(sql::contains).forEach(this::undoIn);
  }

  private void undoIn(String table) {
    execute("DELETE FROM " + table);
    execute("INSERT INTO " + table + " SELECT * FROM whole_" + table);
  }

  /** Makes all hashes of events fit what the rows say now. */
  public void rehash() {
    Map<Long, String> newest = new HashMap<>();
    Map<Long, String> hashes = new HashMap<>();
    LedgerAudit.each(
        dataSource,
        """
        SELECT e.*, s.session_key FROM ledger_events e
        JOIN ledger_sessions s ON s.session_no = e.session_no ORDER BY e.position
        """,
        row -> {
          long session = row.getLong("session_no");
          String hash =
              hash(
                  newest.getOrDefault(session, ""),
                  row.getLong("position"),
                  row.getString("session_key"),
                  row.getLong("version"),
                  row.getString("type"),
                  row.getString("event"),
                  Json.tree(row.getString("command")).path("commandId").textValue(),
                  row.getString("command_type"),
                  row.getString("command"),
                  row.getString("session"),
                  row.getObject("recorded_at", OffsetDateTime.class).toInstant());
          newest.put(session, hash);
          hashes.put(row.getLong("position"), hash);
        });
    store("UPDATE ledger_events SET hash = ? WHERE position = ?", hashes);
  }

  /** Makes all hashes of the decision log fit what the lines say now. */
  public void rehashLines() {
    Map<String, String> newest = new HashMap<>();
    Map<Long, String> hashes = new HashMap<>();
    LedgerAudit.each(
        dataSource,
        "SELECT * FROM ledger_decisions ORDER BY seq",
        row -> {
          String key = row.getString("session_key");
          String hash =
              hash(
                  newest.getOrDefault(key, ""),
                  row.getLong("seq"),
                  row.getString("decision_id"),
                  row.getString("verdict"),
                  row.getString("reason"),
                  key,
                  row.getString("command_type"),
                  row.getString("first_command"),
                  row.getString("current_standing"),
                  row.getLong("after_position"),
                  row.getObject("first_at", OffsetDateTime.class).toInstant(),
                  row.getString("coalesce_key"),
                  row.getString("refusal"));
          newest.put(key, hash);
          hashes.put(row.getLong("seq"), hash);
        });
    store("UPDATE ledger_decisions SET hash = ? WHERE seq = ?", hashes);
  }

  private void store(String sql, Map<Long, String> hashes) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement update = connection.prepareStatement(sql)) {
      for (Map.Entry<Long, String> each : hashes.entrySet()) {
        update.setString(1, each.getValue());
        update.setLong(2, each.getKey());
        update.addBatch();
      }
      update.executeBatch();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hash(Object... values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Object value : values) {
        byte[] bytes = value == null ? null : value.toString().getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
        if (bytes != null) {
          digest.update(bytes);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
