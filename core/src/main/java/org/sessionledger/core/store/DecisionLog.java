package org.sessionledger.core.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.core.session.Verdict;

/** One group's share of the decision log: repeats become counts before anything is written. */
final class DecisionLog {

  /** An arrival that was refused, or was so already. */
  record Entry(
      Incoming incoming,
      JsonNode command,
      Verdict verdict,
      @Nullable String commandType,
      @Nullable SessionKey sessionKey,
      @Nullable Refusal refusal,
      @Nullable Standing current,
      Instant at) {}

  private static final class Line {
    final long seq;
    final String decisionId;
    final boolean isNew;
    final Entry first;
    Entry last;
    long afterPosition;
    long lastAfterPosition;
    long arrivals;
    String hash = Hash.NONE;

    Line(long seq, String decisionId, boolean isNew, Entry first) {
      this.seq = seq;
      this.decisionId = decisionId;
      this.isNew = isNew;
      this.first = first;
      this.last = first;
    }
  }

  private final Connection connection;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final Map<String, String> lastHashes = new HashMap<>();
  private final Map<Reason, Long> reasons = new HashMap<>();

  DecisionLog(Connection connection) {
    this.connection = connection;
  }

  /** Counts the entry, on a line of its own or on that of its first; returns the line's id. */
  String add(Entry entry, Head head) throws SQLException {
    String key = coalesceKey(entry);
    Line line = lines.get(key);
    if (line == null) {
      line = known(key, entry).orElse(null);
      if (line == null) {
        line = new Line(++head.decisionSeq, Uuid7.next(), true, entry);
        link(line, head.position);
      }
      lines.put(key, line);
    }
    line.last = entry;
    line.lastAfterPosition = head.position;
    line.arrivals++;
    if (entry.refusal() == null) {
      head.duplicates++;
    } else {
      head.rejected++;
      reasons.merge(entry.refusal().reason(), 1L, Long::sum);
    }
    return line.decisionId;
  }

  private void link(Line line, long position) throws SQLException {
    line.afterPosition = position;
    Entry entry = line.first;
    String session = sessionKey(entry);
    String previous = lastHashes.get(session);
    if (previous == null) {
      previous =
          Sql.one(
                  connection,
                  row -> row.getString("hash"),
                  """
                  SELECT hash FROM ledger_decisions WHERE session_key = ?
                  ORDER BY seq DESC LIMIT 1
                  """,
                  session)
              .orElse(Hash.NONE);
    }
    line.hash =
        Hash.of(
            previous,
            line.seq,
            line.decisionId,
            entry.verdict().code(),
            entry.refusal() == null ? null : entry.refusal().reason().code(),
            session,
            entry.commandType(),
            entry.command(),
            entry.current() == null ? null : Json.write(entry.current()),
            position,
            entry.at());
    lastHashes.put(session, line.hash);
  }

  private Optional<Line> known(String key, Entry entry) throws SQLException {
    return Sql.one(
        connection,
        row -> new Line(row.getLong("seq"), row.getString("decision_id"), false, entry),
        "SELECT seq, decision_id FROM ledger_decisions WHERE coalesce_key = ?",
        key);
  }

  void write() throws SQLException {
    List<@Nullable Object[]> inserts = new ArrayList<>();
    List<@Nullable Object[]> repeats = new ArrayList<>();
    for (Map.Entry<String, Line> each : lines.entrySet()) {
      Line line = each.getValue();
      Entry first = line.first;
      Entry last = line.last;
      if (line.isNew) {
        JsonNode presented = CommandJson.presented(first.command());
        JsonNode attempt = presented.get("attempt");
        JsonNode run = presented.get("runId");
        inserts.add(
            new @Nullable Object[] {
              line.seq,
              line.decisionId,
              each.getKey(),
              sessionKey(first),
              first.verdict().code(),
              first.refusal() == null ? null : first.refusal().reason().code(),
              first.commandType(),
              run == null ? null : run.asText(),
              attempt == null ? null : attempt.asLong(),
              first.refusal() == null ? null : Json.write(first.refusal()),
              first.current() == null ? null : Json.write(first.current()),
              version(first),
              line.afterPosition,
              version(last),
              line.lastAfterPosition,
              first.at(),
              last.at(),
              line.arrivals,
              first.command().toString(),
              last.command().toString(),
              line.hash
            });
      } else {
        repeats.add(
            new @Nullable Object[] {
              version(last),
              line.lastAfterPosition,
              last.at(),
              line.arrivals,
              last.command().toString(),
              line.seq
            });
      }
    }
    Sql.batch(
        connection,
        """
        INSERT INTO ledger_decisions (seq, decision_id, coalesce_key, session_key, verdict, reason,
          command_type, run_id, attempt, refusal, current_standing, after_version, after_position,
          last_after_version, last_after_position, first_at, last_at, arrivals, first_command,
          last_command, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        inserts);
    Sql.batch(
        connection,
        """
        UPDATE ledger_decisions SET last_after_version = ?, last_after_position = ?, last_at = ?,
          arrivals = arrivals + ?, last_command = ?
        WHERE seq = ?
        """,
        repeats);
    for (Map.Entry<Reason, Long> reason : reasons.entrySet()) {
      int known =
          Sql.update(
              connection,
              "UPDATE ledger_rejections SET arrivals = arrivals + ? WHERE reason = ?",
              reason.getValue(),
              reason.getKey().code());
      if (known == 0) {
        Sql.update(
            connection,
            "INSERT INTO ledger_rejections (reason, arrivals) VALUES (?, ?)",
            reason.getKey().code(),
            reason.getValue());
      }
    }
  }

  /**
   * Same session, presented and current generation, run, attempt, type, reason and source; and, of
   * what is malformed, the same field.
   */
  private static String coalesceKey(Entry entry) {
    JsonNode command = entry.command();
    Standing current = entry.current();
    Source source = entry.incoming().provenance().source();
    return Hash.of(
        entry.verdict().code(),
        entry.refusal() == null ? null : entry.refusal().reason().code(),
        entry.refusal() == null ? null : entry.refusal().field(),
        sessionKey(entry),
        entry.commandType(),
        command.get("sessionId"),
        command.get("generation"),
        command.get("expectedSessionId"),
        command.get("expectedGeneration"),
        command.get("runId"),
        command.get("attempt"),
        current == null ? null : current.generation().number(),
        source.component(),
        source.instance(),
        source.host());
  }

  private static String sessionKey(Entry entry) {
    return entry.sessionKey() == null ? "" : entry.sessionKey().value();
  }

  private static long version(Entry entry) {
    return entry.current() == null ? 0 : entry.current().version();
  }
}
