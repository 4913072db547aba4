package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * Writes an incident bundle: everything that arrived for one session and how it was decided, in
 * that order, one CloudEvent a line. Line by line, so that a long story needs no more memory than a
 * short one; of refusals that came again, 16 bytes each.
 */
public final class BundleWriter {

  private static final int PAGE = 200;

  /**
   * What a bundle begins with.
   *
   * @param ledger names the ledger: the hash of its first event
   * @param position and {@code decisionSeq}: how far the ledger was
   * @param events of the session
   * @param decisions lines of the decision log about the session
   * @param newestHash of the session's newest event; empty when there is none
   * @param newestLineHash of the newest line about the session; empty when there is none
   */
  private record Start(
      String ledger,
      String sessionKey,
      long sessionNo,
      long position,
      long decisionSeq,
      long events,
      long decisions,
      String newestHash,
      String newestLineHash,
      String recordedAt) {}

  private record Repeat(long seq, long lastAfterPosition) {}

  private final Database database;
  private final Start start;
  private final Deque<BundleLine> lines = new ArrayDeque<>();
  private final Deque<Repeat> repeats;
  private final Deque<BundleLine> repeated = new ArrayDeque<>();
  private long readSeq;
  private boolean moreLines = true;

  private BundleWriter(Database database, Start start) {
    this.database = database;
    this.start = start;
    this.repeats = repeats();
  }

  /**
   * Prepares a session's bundle, as of now.
   *
   * @return empty when nothing ever arrived under the key
   */
  public static Optional<BundleWriter> of(DataSource dataSource, SessionKey sessionKey) {
    Database database = new Database(dataSource);
    @Nullable Start start = database.atOneMoment(connection -> start(connection, sessionKey));
    return start.events() == 0 && start.decisions() == 0
        ? Optional.empty()
        : Optional.of(new BundleWriter(database, start));
  }

  private static Start start(java.sql.Connection connection, SessionKey sessionKey)
      throws SQLException {
    List<Start> read = new ArrayList<>();
    Database.each(
        connection,
        """
        SELECT COALESCE((SELECT hash FROM ledger_events WHERE position = 1), ''),
          COALESCE((SELECT session_no FROM ledger_sessions WHERE session_key = ?), 0),
          h.position, h.decision_seq, h.recorded_at,
          (SELECT COUNT(*) FROM ledger_decisions WHERE session_key = ?),
          COALESCE((
            SELECT hash FROM ledger_decisions WHERE session_key = ?
            ORDER BY session_key DESC, seq DESC LIMIT 1), '')
        FROM ledger_head h WHERE h.id = 1
        """,
        row ->
            read.add(
                new Start(
                    row.getString(1),
                    sessionKey.value(),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    0,
                    row.getLong(6),
                    "",
                    row.getString(7),
                    time(row, 5))),
        sessionKey.value(),
        sessionKey.value(),
        sessionKey.value());
    Start start = read.get(0);
    Database.each(
        connection,
        """
        SELECT version, hash FROM ledger_events WHERE session_no = ?
        ORDER BY session_no DESC, version DESC LIMIT 1
        """,
        row ->
            read.add(
                new Start(
                    start.ledger(),
                    start.sessionKey(),
                    start.sessionNo(),
                    start.position(),
                    start.decisionSeq(),
                    row.getLong(1),
                    start.decisions(),
                    row.getString(2),
                    start.newestLineHash(),
                    start.recordedAt())),
        start.sessionNo());
    return read.get(read.size() - 1);
  }

  /** Writes the bundle; the stream stays open. */
  public void write(OutputStream out) throws IOException {
    Sink sink = new Sink(out);
    sink.write(header());
    long version = 0;
    while (version < start.events()) {
      List<BundleLine> page = events(version);
      if (page.isEmpty()) {
        throw new IOException(
            "version " + (version + 1) + " of session " + start.sessionKey() + " is not stored");
      }
      for (BundleLine event : page) {
        writeDecisions(sink, event.data().path("position").longValue() - 1);
        sink.write(event);
        version++;
      }
    }
    writeDecisions(sink, Long.MAX_VALUE);
    sink.writeTrailer();
  }

  private BundleLine header() {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("format", BundleLine.FORMAT)
            .put("ledger", start.ledger())
            .put("sessionKey", start.sessionKey())
            .put("position", start.position())
            .put("decisionSeq", start.decisionSeq())
            .put("events", start.events())
            .put("decisions", start.decisions())
            .put("newestHash", start.newestHash())
            .put("newestDecisionHash", start.newestLineHash());
    return line(
        "header-" + start.position() + "-" + start.decisionSeq(),
        BundleLine.HEADER,
        start.recordedAt(),
        data);
  }

  private BundleLine line(String id, String type, String time, ObjectNode data) {
    return new BundleLine(
        id, BundleLine.SOURCE + start.ledger(), type, start.sessionKey(), time, data);
  }

  private List<BundleLine> events(long afterVersion) {
    List<BundleLine> page = new ArrayList<>();
    database.each(
        """
        SELECT position, version, type, event, command_id, command_type, command, session,
          recorded_at, hash
        FROM ledger_events WHERE session_no = ? AND version > ? AND version <= ?
        ORDER BY session_no, version LIMIT ?
        """,
        row -> page.add(event(row)),
        start.sessionNo(),
        afterVersion,
        start.events(),
        PAGE);
    return page;
  }

  private BundleLine event(ResultSet row) throws SQLException {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("position", row.getLong(1))
            .put("version", row.getLong(2))
            .put("type", row.getString(3));
    BundleLine.putText(data, "event", row.getString(4));
    data.put("answers", row.getString(5) != null).put("commandType", row.getString(6));
    BundleLine.putText(data, "command", row.getString(7));
    BundleLine.putText(data, "session", row.getString(8));
    String time = time(row, 9);
    data.put("recordedAt", time).put("hash", row.getString(10));
    return line("event-" + row.getLong(1), BundleLine.EVENT + row.getString(3), time, data);
  }

  /** Those that were decided before the next event. */
  private void writeDecisions(Sink sink, long upToPosition) throws IOException {
    while (true) {
      long first = nextLine();
      long last = repeats.isEmpty() ? Long.MAX_VALUE : repeats.getFirst().lastAfterPosition();
      if (Math.min(first, last) > upToPosition || (first == Long.MAX_VALUE && repeats.isEmpty())) {
        return;
      }
      if (first <= last) {
        sink.write(lines.remove());
      } else {
        BundleLine again = nextRepeated();
        if (again != null) {
          sink.write(again);
        }
      }
    }
  }

  /** Where the next line was decided; the end of time when there is none. */
  private long nextLine() {
    if (lines.isEmpty() && moreLines) {
      readLines();
    }
    return lines.isEmpty()
        ? Long.MAX_VALUE
        : lines.getFirst().data().path("afterPosition").longValue();
  }

  private void readLines() {
    database.each(
        """
        SELECT seq, decision_id, verdict, reason, command_type, first_command, current_standing,
          after_version, after_position, first_at, last_at, arrivals, refusal, coalesce_key, hash
        FROM ledger_decisions WHERE session_key = ? AND seq > ? AND seq <= ?
        ORDER BY session_key, seq LIMIT ?
        """,
        row -> {
          readSeq = row.getLong(1);
          lines.add(decision(row));
        },
        start.sessionKey(),
        readSeq,
        start.decisionSeq(),
        PAGE);
    moreLines = lines.size() == PAGE;
  }

  private BundleLine decision(ResultSet row) throws SQLException {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("seq", row.getLong(1))
            .put("decisionId", row.getString(2))
            .put("verdict", row.getString(3));
    putIfPresent(data, "reason", row.getString(4));
    putIfPresent(data, "commandType", row.getString(5));
    BundleLine.putText(data, "command", row.getString(6));
    BundleLine.putText(data, "current", row.getString(7));
    String time = time(row, 10);
    data.put("afterVersion", row.getLong(8))
        .put("afterPosition", row.getLong(9))
        .put("firstAt", time)
        .put("lastAt", time(row, 11))
        .put("count", row.getLong(12));
    BundleLine.putText(data, "refusal", row.getString(13));
    data.put("coalesceKey", row.getString(14)).put("hash", row.getString(15));
    return line("decision-" + row.getString(2), BundleLine.DECISION + row.getString(3), time, data);
  }

  private static void putIfPresent(ObjectNode data, String name, @Nullable String value) {
    if (value != null) {
      data.put(name, value);
    }
  }

  /** Where the last ones of coalesced arrivals were decided. */
  private Deque<Repeat> repeats() {
    Deque<Repeat> all = new ArrayDeque<>();
    database.each(
        """
        SELECT seq, last_after_position FROM ledger_decisions
        WHERE session_key = ? AND seq <= ? AND arrivals > 1 AND last_after_position <= ?
        ORDER BY last_after_position, seq
        """,
        row -> all.add(new Repeat(row.getLong(1), row.getLong(2))),
        start.sessionKey(),
        start.decisionSeq(),
        start.position());
    return all;
  }

  /** The next one; null when it came once more since, which is after the bundle's end. */
  private @Nullable BundleLine nextRepeated() {
    Repeat next = repeats.remove();
    if (repeated.isEmpty()) {
      readRepeated(next);
    }
    BundleLine line = repeated.peek();
    if (line == null || line.data().path("seq").longValue() != next.seq()) {
      return null;
    }
    repeated.remove();
    return line.data().path("afterPosition").longValue() == next.lastAfterPosition() ? line : null;
  }

  private void readRepeated(Repeat first) {
    List<Long> asked = new ArrayList<>(List.of(first.seq()));
    repeats.stream().limit(PAGE - 1L).forEach(repeat -> asked.add(repeat.seq()));
    List<BundleLine> read = new ArrayList<>();
    database.each(
        """
        SELECT seq, decision_id, verdict, reason, last_command, last_after_position, last_at
        FROM ledger_decisions WHERE seq = ANY(?)
        """,
        row -> {
          ObjectNode data =
              JsonNodeFactory.instance
                  .objectNode()
                  .put("seq", row.getLong(1))
                  .put("decisionId", row.getString(2))
                  .put("verdict", row.getString(3));
          putIfPresent(data, "reason", row.getString(4));
          BundleLine.putText(data, "command", row.getString(5));
          String time = time(row, 7);
          data.put("afterPosition", row.getLong(6)).put("lastAt", time);
          read.add(line("decision-" + row.getString(2) + "-last", BundleLine.REPEATED, time, data));
        },
        (Object) asked.toArray(Long[]::new));
    for (Long seq : asked) {
      read.stream()
          .filter(line -> line.data().path("seq").longValue() == seq)
          .forEach(repeated::add);
    }
  }

  private static String time(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant().toString();
  }

  /** Counts and digests what is written. */
  private final class Sink {

    private final OutputStream out;
    private final MessageDigest digest = Sha256.newDigest();
    private long written;

    Sink(OutputStream out) {
      this.out = out;
    }

    void write(BundleLine line) throws IOException {
      byte[] bytes = (line.text() + "\n").getBytes(StandardCharsets.UTF_8);
      digest.update(bytes);
      out.write(bytes);
      written++;
    }

    void writeTrailer() throws IOException {
      ObjectNode data =
          JsonNodeFactory.instance
              .objectNode()
              .put("lines", written)
              .put("sha256", Sha256.text(digest.digest()));
      BundleLine trailer = line("trailer", BundleLine.TRAILER, start.recordedAt(), data);
      out.write((trailer.text() + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
