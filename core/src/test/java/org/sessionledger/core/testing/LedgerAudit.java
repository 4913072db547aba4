package org.sessionledger.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.store.JdbcLedgerReader;
import org.sessionledger.core.store.LedgerReader;

/**
 * Everything that must hold of a ledger's rows at any time, worked out anew from the events and the
 * decision log. Not while commands are decided: it reads table by table.
 */
public final class LedgerAudit {

  private static final int PAGE = 2_000;

  /** The tables that a command may write to. */
  private static final List<String> TABLES =
      List.of(
          "ledger_sessions",
          "ledger_events",
          "ledger_commands",
          "ledger_generations",
          "ledger_runs",
          "ledger_instances",
          "ledger_compactions",
          "ledger_snapshots",
          "ledger_decisions",
          "ledger_rejections");

  private final DataSource dataSource;
  private final LedgerReader reader;
  private final Map<Long, RecordedEvent> newest = new HashMap<>();
  private final Map<Long, String> hashes = new HashMap<>();
  private final Map<String, String> runs = new HashMap<>();
  private final Map<String, String> generations = new HashMap<>();
  private final Set<String> instances = new TreeSet<>();
  private long position;
  private Instant recordedAt = Instant.EPOCH;

  private LedgerAudit(DataSource dataSource) {
    this.dataSource = dataSource;
    this.reader = new JdbcLedgerReader(dataSource);
  }

  /** Checks an open ledger's rows; returns its totals. */
  public static Stats verify(Ledger ledger) {
    return verify(ledger.dataSource());
  }

  /** Checks every row; returns the totals. */
  public static Stats verify(DataSource dataSource) {
    return new LedgerAudit(dataSource).verify();
  }

  /** How many rows each table has. */
  public static Map<String, Long> rowCounts(DataSource dataSource) {
    Map<String, Long> counts = new TreeMap<>();
    for (String table : TABLES) {
      each(
          dataSource,
          "SELECT COUNT(*) AS n FROM " + table,
          row -> counts.put(table, row.getLong("n")));
    }
    return counts;
  }

  /** All events, in order. */
  public static List<RecordedEvent> events(Ledger ledger) {
    List<RecordedEvent> all = new ArrayList<>();
    pages(ledger.reader(), all::addAll);
    return all;
  }

  /** All events in order, some thousand at a time. */
  public static void pages(LedgerReader reader, Consumer<List<RecordedEvent>> use) {
    long after = 0;
    while (true) {
      List<RecordedEvent> page = reader.eventsAfter(after, PAGE);
      if (page.isEmpty()) {
        return;
      }
      use.accept(page);
      after = page.get(page.size() - 1).position();
    }
  }

  private Stats verify() {
    Map<Long, String> storedHashes = new HashMap<>();
    pages(
        reader,
        page -> {
          storedHashes.clear();
          each(
              "SELECT position, hash FROM ledger_events WHERE position >= "
                  + page.get(0).position()
                  + " AND position <= "
                  + page.get(page.size() - 1).position(),
              row -> storedHashes.put(row.getLong("position"), row.getString("hash")));
          page.forEach(event -> verify(event, storedHashes.get(event.position())));
        });
    Stats stats = reader.stats();
    assertThat(stats.position()).as("the head's position").isEqualTo(position);
    assertThat(stats.events()).as("events").isEqualTo(position);
    assertThat(stats.sessions()).as("sessions").isEqualTo(newest.size());
    assertThat(stats.activeRuns())
        .as("open runs")
        .isEqualTo(newest.values().stream().mapToLong(e -> e.session().activeRuns()).sum());
    verifyDecisions(stats);
    verifyFacts();
    return stats;
  }

  private void verify(RecordedEvent recorded, String storedHash) {
    SessionEvent event = recorded.event();
    RecordedEvent before = newest.get(recorded.sessionNo());
    String where = "position " + recorded.position();
    assertThat(recorded.position()).as("no gap").isEqualTo(++position);
    assertThat(recorded.version()).as(where).isEqualTo(before == null ? 1 : before.version() + 1);
    assertThat(recorded.recordedAt()).as(where).isAfterOrEqualTo(recordedAt);
    recordedAt = recorded.recordedAt();
    SessionStatus folded =
        SessionStatus.after(
            before == null ? null : before.session(),
            event,
            recorded.version(),
            recorded.position(),
            recorded.recordedAt());
    assertThat(recorded.session()).as(where).isEqualTo(folded);
    String hash =
        hash(
            hashes.getOrDefault(recorded.sessionNo(), ""),
            recorded.position(),
            event.sessionKey(),
            recorded.version(),
            event.type(),
            Json.write(event),
            recorded.commandId(),
            recorded.commandType(),
            recorded.command(),
            Json.write(recorded.session()),
            recorded.recordedAt());
    assertThat(storedHash).as("the hash at " + where).isEqualTo(hash);
    hashes.put(recorded.sessionNo(), hash);
    newest.put(recorded.sessionNo(), recorded);
    fold(recorded, before);
  }

  private void fold(RecordedEvent recorded, RecordedEvent before) {
    SessionEvent event = recorded.event();
    String of = recorded.sessionNo() + "|";
    long owner = event.generation().number();
    if (before == null || before.event().generation().number() != event.generation().number()) {
      generations.put(of + owner, event.generation().sessionId().value());
    }
    if (event instanceof SessionEvent.RunStarted e) {
      runs.put(of + e.runId() + "|" + e.attempt(), owner + " running");
      if (e.instance() != null) {
        instances.add(of + e.instance());
      }
      if (e.replacesOpenAttempt()) {
        runs.put(of + e.runId() + "|" + (e.attempt() - 1), owner + " superseded");
      }
    } else if (event instanceof SessionEvent.OfRun e
        && !(event instanceof SessionEvent.RunProgressed)) {
      String how =
          event instanceof SessionEvent.RunCompleted
              ? "done"
              : event instanceof SessionEvent.RunFailed
                  ? "failed"
                  : event instanceof SessionEvent.RunAborted ? "aborted" : "interrupted";
      runs.put(of + e.runId() + "|" + e.attempt(), owner + " " + how);
    }
    if (event instanceof SessionEvent.EndsGeneration e) {
      for (RunAttempt run : e.supersededRuns()) {
        runs.put(of + run.runId() + "|" + run.attempt(), e.ended().number() + " superseded");
      }
    }
    if (event instanceof SessionEvent.SessionCompacted e) {
      for (RunAttempt run : e.carriedRuns()) {
        runs.put(of + run.runId() + "|" + run.attempt(), owner + " running");
      }
    }
  }

  /** What is kept for ever beside the events says what the events say. */
  private void verifyFacts() {
    Map<String, String> storedRuns = new HashMap<>();
    each(
        "SELECT session_no, run_id, attempt, generation, status FROM ledger_runs",
        row -> {
          storedRuns.put(
              row.getLong("session_no")
                  + "|"
                  + row.getString("run_id")
                  + "|"
                  + row.getLong("attempt"),
              row.getLong("generation") + " " + row.getString("status"));
        });
    runs.values().removeIf(how -> how.endsWith(" running"));
    assertThat(storedRuns).as("runs that are over").isEqualTo(runs);
    Set<String> storedInstances = new TreeSet<>();
    each(
        "SELECT session_no, instance FROM ledger_instances",
        row -> storedInstances.add(row.getLong("session_no") + "|" + row.getString("instance")));
    assertThat(storedInstances).as("who started runs where").isEqualTo(instances);
    Map<String, String> storedGenerations = new HashMap<>();
    each(
        "SELECT session_no, generation, session_id FROM ledger_generations",
        row ->
            storedGenerations.put(
                row.getLong("session_no") + "|" + row.getLong("generation"),
                row.getString("session_id")));
    assertThat(storedGenerations).isEqualTo(generations);
  }

  private void verifyDecisions(Stats stats) {
    Map<String, Long> arrivals = new HashMap<>(Map.of("duplicate", 0L, "rejected", 0L));
    Map<String, Long> byReason = new TreeMap<>();
    Map<String, String> last = new HashMap<>();
    each(
        "SELECT * FROM ledger_decisions ORDER BY seq",
        row -> {
          String key = row.getString("session_key");
          String hash =
              hash(
                  last.getOrDefault(key, ""),
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
          assertThat(row.getString("hash")).as("line %d", row.getLong("seq")).isEqualTo(hash);
          last.put(key, hash);
          arrivals.merge(row.getString("verdict"), row.getLong("arrivals"), Long::sum);
          if (row.getString("reason") != null) {
            byReason.merge(row.getString("reason"), row.getLong("arrivals"), Long::sum);
          }
          assertThat(row.getLong("last_after_position"))
              .isBetween(row.getLong("after_position"), position);
          assertThat(row.getObject("last_at", OffsetDateTime.class))
              .isAfterOrEqualTo(row.getObject("first_at", OffsetDateTime.class));
        });
    assertThat(stats.duplicates()).as("duplicates").isEqualTo(arrivals.get("duplicate"));
    assertThat(stats.rejected()).as("rejected").isEqualTo(arrivals.get("rejected"));
    assertThat(stats.rejectedByReason()).isEqualTo(byReason);
    assertThat(stats.arrivals())
        .as("arrivals")
        .isEqualTo(stats.accepted() + stats.duplicates() + stats.rejected());
    each(
        "SELECT (SELECT COUNT(command_id) FROM ledger_events)"
            + " + (SELECT COUNT(*) FROM ledger_commands) AS n",
        row -> assertThat(row.getLong("n")).as("accepted").isEqualTo(stats.accepted()));
  }

  /** Reads one row. */
  public interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void each(String sql, Row use) {
    each(dataSource, sql, use);
  }

  /** Changes a database over a connection of its own. */
  public static void execute(DataSource dataSource, String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Asks a database over a connection of its own. */
  public static void each(DataSource dataSource, String sql, Row use) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        use.read(rows);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** SHA-256 over values, each with its length before it; written anew, from the schema's words. */
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
