package org.sessionledger.core.store;

import static org.sessionledger.core.store.Insert.bigint;
import static org.sessionledger.core.store.Insert.instant;
import static org.sessionledger.core.store.Insert.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Submission;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.core.session.Verdict;

/** One group's share of the decision log: repeats become counts before anything is written. */
final class DecisionLog {

  /** An arrival that was refused, or was so already. */
  record Entry(
      Submission submission,
      Verdict verdict,
      @Nullable String commandType,
      @Nullable SessionKey sessionKey,
      @Nullable Refusal refusal,
      @Nullable Standing current,
      long afterPosition,
      Instant at) {}

  private static final class Line {
    final String coalesceKey;
    final Known.Line place;
    final boolean isNew;
    final Entry first;
    final @Nullable String refusal;
    Entry last;
    long afterPosition;
    long lastAfterPosition;
    long arrivals;
    String hash = Hash.NONE;

    Line(String coalesceKey, Known.Line place, boolean isNew, Entry first) {
      this.coalesceKey = coalesceKey;
      this.refusal = isNew && first.refusal() != null ? Json.write(first.refusal()) : null;
      this.place = place;
      this.isNew = isNew;
      this.first = first;
      this.last = first;
    }
  }

  private static final Insert LINES =
      new Insert(
          "ledger_decisions",
          bigint("seq"),
          text("decision_id"),
          text("coalesce_key"),
          text("session_key"),
          text("verdict"),
          text("reason"),
          text("command_type"),
          text("run_id"),
          bigint("attempt"),
          text("refusal"),
          text("current_standing"),
          bigint("after_version"),
          bigint("after_position"),
          bigint("last_after_version"),
          bigint("last_after_position"),
          instant("first_at"),
          instant("last_at"),
          bigint("arrivals"),
          text("first_command"),
          text("last_command"),
          text("hash"));

  private final Known tables;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final Map<String, String> newHashes = new HashMap<>();
  private final Map<Reason, Long> reasons = new HashMap<>();

  DecisionLog(Known tables) {
    this.tables = tables;
  }

  /**
   * Puts a group's entries into the log, each on a line of its own or on that of its first.
   *
   * @return the ids of their lines, in the order of the entries
   */
  List<String> add(Connection connection, List<Entry> entries, Head head) throws SQLException {
    if (entries.isEmpty()) {
      return List.of();
    }
    List<String> keys = entries.stream().map(DecisionLog::coalesceKey).toList();
    Map<String, Known.Line> known = known(connection, keys);
    Map<String, String> hashes = hashes(connection, entries, keys, known);
    List<String> ids = new ArrayList<>(entries.size());
    for (int i = 0; i < keys.size(); i++) {
      ids.add(add(keys.get(i), entries.get(i), known, hashes, head));
    }
    return ids;
  }

  private String add(
      String key,
      Entry entry,
      Map<String, Known.Line> known,
      Map<String, String> hashes,
      Head head) {
    Line line = lines.get(key);
    if (line == null) {
      Known.Line place = known.get(key);
      line =
          place != null
              ? new Line(key, place, false, entry)
              : new Line(key, new Known.Line(++head.decisionSeq, Uuid7.next()), true, entry);
      if (line.isNew) {
        link(line, hashes);
      }
      lines.put(key, line);
    }
    line.last = entry;
    line.lastAfterPosition = entry.afterPosition();
    line.arrivals++;
    if (entry.refusal() == null) {
      head.duplicates++;
    } else {
      head.rejected++;
      reasons.merge(entry.refusal().reason(), 1L, Long::sum);
    }
    return line.place.decisionId();
  }

  private Map<String, Known.Line> known(Connection connection, List<String> keys)
      throws SQLException {
    Map<String, Known.Line> known = new HashMap<>();
    Set<String> asked = new LinkedHashSet<>();
    for (String key : keys) {
      Known.Line place = tables.lines.get(key);
      if (place == null) {
        asked.add(key);
      } else {
        known.put(key, place);
      }
    }
    if (!asked.isEmpty()) {
      Sql.list(
              connection,
              row ->
                  Map.entry(
                      row.getString("coalesce_key"),
                      new Known.Line(row.getLong("seq"), row.getString("decision_id"))),
              """
              SELECT coalesce_key, seq, decision_id FROM ledger_decisions
              WHERE coalesce_key = ANY(?)
              """,
              (Object) asked.toArray(String[]::new))
          .forEach(line -> known.put(line.getKey(), line.getValue()));
    }
    return known;
  }

  /** The newest hashes of the sessions that get a new line. */
  private Map<String, String> hashes(
      Connection connection, List<Entry> entries, List<String> keys, Map<String, Known.Line> known)
      throws SQLException {
    Map<String, String> hashes = new HashMap<>();
    Set<String> asked = new LinkedHashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      String session = sessionKey(entries.get(i));
      if (!known.containsKey(keys.get(i))) {
        String newest = tables.lineHashes.get(session);
        hashes.put(session, newest != null ? newest : Hash.NONE);
        if (newest == null) {
          asked.add(session);
        }
      }
    }
    if (!asked.isEmpty()) {
      Query.all(
          connection,
          List.of(
              Query.of(
                  """
                  SELECT d.session_key, d.hash
                  FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS q (session_key)
                  JOIN ledger_decisions d ON d.seq = (
                    SELECT n.seq FROM ledger_decisions n WHERE n.session_key = q.session_key
                    ORDER BY n.session_key DESC, n.seq DESC LIMIT 1)
                  """,
                  row -> hashes.put(row.getString("session_key"), row.getString("hash")),
                  (Object) asked.toArray(String[]::new))));
    }
    return hashes;
  }

  private void link(Line line, Map<String, String> hashes) {
    Entry entry = line.first;
    line.afterPosition = entry.afterPosition();
    String session = sessionKey(entry);
    line.hash =
        Hash.of(
            hashes.get(session),
            line.place.seq(),
            line.place.decisionId(),
            entry.verdict().code(),
            entry.refusal() == null ? null : entry.refusal().reason().code(),
            session,
            entry.commandType(),
            entry.submission().text(),
            entry.current() == null ? null : Json.write(entry.current()),
            entry.afterPosition(),
            entry.at(),
            line.coalesceKey,
            line.refusal);
    hashes.put(session, line.hash);
    newHashes.put(session, line.hash);
  }

  /** Tells what is in the log now. */
  void written() {
    lines.forEach((key, line) -> tables.lines.put(key, line.place));
    tables.lineHashes.putAll(newHashes);
  }

  void write(Statements statements) {
    List<@Nullable Object[]> inserts = new ArrayList<>();
    List<@Nullable Object[]> repeats = new ArrayList<>();
    for (Line line : lines.values()) {
      Entry first = line.first;
      Entry last = line.last;
      if (line.isNew) {
        JsonNode presented = CommandJson.presented(first.submission().command());
        JsonNode attempt = presented.get("attempt");
        JsonNode run = presented.get("runId");
        inserts.add(
            new @Nullable Object[] {
              line.place.seq(),
              line.place.decisionId(),
              line.coalesceKey,
              sessionKey(first),
              first.verdict().code(),
              first.refusal() == null ? null : first.refusal().reason().code(),
              first.commandType(),
              run == null ? null : run.asText(),
              attempt == null ? null : attempt.asLong(),
              line.refusal,
              first.current() == null ? null : Json.write(first.current()),
              version(first),
              line.afterPosition,
              version(last),
              line.lastAfterPosition,
              first.at(),
              last.at(),
              line.arrivals,
              first.submission().text(),
              last.submission().text(),
              line.hash
            });
      } else {
        repeats.add(
            new @Nullable Object[] {
              version(last),
              line.lastAfterPosition,
              last.at(),
              line.arrivals,
              last.submission().text(),
              line.place.seq()
            });
      }
    }
    statements.add(LINES, inserts);
    statements.add(
        """
        UPDATE ledger_decisions SET last_after_version = ?, last_after_position = ?, last_at = ?,
          arrivals = arrivals + ?, last_command = ?
        WHERE seq = ?
        """,
        repeats);
    reasons.forEach((reason, arrivals) -> count(reason, arrivals, statements));
  }

  private static void count(Reason reason, long arrivals, Statements statements) {
    statements.add(
        """
        INSERT INTO ledger_rejections (reason, arrivals)
        SELECT CAST(? AS VARCHAR), 0 WHERE NOT EXISTS (
          SELECT 1 FROM ledger_rejections WHERE reason = ?)
        """,
        reason.code(),
        reason.code());
    statements.add(
        "UPDATE ledger_rejections SET arrivals = arrivals + ? WHERE reason = ?",
        arrivals,
        reason.code());
  }

  /**
   * Same session, presented and current generation, run, attempt, type, reason and source; and, of
   * what is malformed, the same field.
   */
  private static String coalesceKey(Entry entry) {
    JsonNode command = entry.submission().command();
    Standing current = entry.current();
    Source source = entry.submission().incoming().provenance().source();
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
