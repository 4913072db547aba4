package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;

/**
 * All lines of the decision log in their order: numbers without gaps, a chain of hashes a session,
 * over what does not change of a line, and what must fit each other within it.
 */
final class LinePass {

  /** A line as it is stored. */
  private record Line(
      long seq,
      String decisionId,
      String sessionKey,
      String verdict,
      @Nullable String reason,
      @Nullable String commandType,
      String command,
      @Nullable String current,
      long afterVersion,
      long afterPosition,
      long lastAfterPosition,
      Instant firstAt,
      String recorded,
      Instant lastAt,
      long arrivals,
      @Nullable String refusal,
      String coalesceKey,
      @Nullable String runId,
      @Nullable Long attempt,
      String hash) {

    static final String COLUMNS =
        "seq, decision_id, session_key, verdict, reason, command_type, first_command,"
            + " current_standing, after_version, after_position, last_after_position, first_at,"
            + " last_at, arrivals, refusal, coalesce_key, run_id, attempt, hash";

    static Line of(ResultSet row, Instants instants) throws SQLException {
      Instant firstAt = instants.read(row, 12);
      return new Line(
          row.getLong(1),
          row.getString(2),
          row.getString(3),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          row.getString(7),
          row.getString(8),
          row.getLong(9),
          row.getLong(10),
          row.getLong(11),
          firstAt,
          instants.text(firstAt),
          row.getObject(13, OffsetDateTime.class).toInstant(),
          row.getLong(14),
          row.getString(15),
          row.getString(16),
          row.getString(17),
          row.getObject(18, Long.class),
          row.getString(19));
    }
  }

  private final Database database;
  private final Opening opening;
  private final Limits limits;
  private final Verification.Progress progress;
  private final MessageDigest all = Sha256.newDigest();
  private final Sha256 sha256 = new Sha256();
  private final byte[] hash = new byte[Sha256.BYTES];
  private final Instants instants = new Instants();

  /** The newest hash of a session, for those that were met last. */
  private final Map<String, String> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long seq;
  private Instant firstAt = Instant.EPOCH;
  private long afterPosition;
  private int pageRows;

  LinePass(Database database, Opening opening, Limits limits, Verification.Progress progress) {
    this.database = database;
    this.opening = opening;
    this.limits = limits;
    this.progress = progress;
    this.pageRows = Math.max(1, limits.rows() / 10);
  }

  long seq() {
    return seq;
  }

  /** SHA-256 over the hashes of all lines so far. */
  String digest() {
    try {
      return Sha256.text(((MessageDigest) all.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("Java's own SHA-256 can be copied", e);
    }
  }

  /** Goes on to a line; the first thing that is wrong, or null. */
  @Nullable Break runTo(long end) {
    while (seq < end) {
      List<Line> page = read(end);
      if (page.isEmpty()) {
        return Break.of("seq", null, seq + 1, null, null, "a line; the head says " + end, "none");
      }
      fetchForgotten(page);
      for (Line line : page) {
        Break found = check(line);
        if (found != null) {
          return found;
        }
      }
      trim();
      progress.at("decisions", seq, opening.decisionSeq());
    }
    return null;
  }

  private List<Line> read(long end) {
    List<Line> page = new ArrayList<>(pageRows);
    database.each(
        "SELECT "
            + Line.COLUMNS
            + " FROM ledger_decisions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        row -> page.add(Line.of(row, instants)),
        seq,
        end,
        pageRows);
    long characters = page.stream().mapToLong(line -> line.command().length()).sum();
    pageRows =
        characters > limits.pageCharacters()
            ? Math.max(1, pageRows / 4)
            : Math.min(limits.rows(), pageRows * 2);
    return page;
  }

  private void fetchForgotten(List<Line> page) {
    Set<String> asked = new LinkedHashSet<>();
    page.stream().map(Line::sessionKey).filter(key -> !kept.containsKey(key)).forEach(asked::add);
    if (!asked.isEmpty()) {
      database.each(
          """
          SELECT d.session_key, d.hash
          FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS q (session_key)
          JOIN ledger_decisions d ON d.seq = (
            SELECT n.seq FROM ledger_decisions n WHERE n.session_key = q.session_key AND n.seq <= ?
            ORDER BY n.session_key DESC, n.seq DESC LIMIT 1)
          """,
          row -> kept.put(row.getString(1), row.getString(2)),
          asked.toArray(String[]::new),
          seq);
    }
  }

  private void trim() {
    var eldest = kept.keySet().iterator();
    while (kept.size() > limits.sessions()) {
      eldest.next();
      eldest.remove();
    }
  }

  private @Nullable Break check(Line line) {
    if (line.seq() != seq + 1) {
      return Break.of(
          "seq", null, seq + 1, null, null, "a line", "none; the next is " + line.seq());
    }
    sha256
        .add(kept.getOrDefault(line.sessionKey(), ""))
        .add(line.seq())
        .add(line.decisionId())
        .add(line.verdict())
        .add(line.reason())
        .add(line.sessionKey())
        .add(line.commandType())
        .add(line.command())
        .add(line.current())
        .add(line.afterPosition())
        .add(line.recorded())
        .add(line.coalesceKey())
        .add(line.refusal())
        .into(hash);
    String computed = Sha256.text(hash);
    if (!computed.equals(line.hash())) {
      return broken(line, "hash", computed, line.hash());
    }
    Break found = checkWithin(line);
    if (found != null) {
      return found;
    }
    seq = line.seq();
    firstAt = line.firstAt();
    afterPosition = line.afterPosition();
    kept.put(line.sessionKey(), computed);
    all.update(hash);
    return null;
  }

  /** What is not part of the hash, as far as the rest says what it must be. */
  private @Nullable Break checkWithin(Line line) {
    if (line.firstAt().isBefore(firstAt)) {
      return broken(line, "recorded-at", firstAt + " or later", line.firstAt());
    }
    if (line.lastAt().isBefore(line.firstAt())) {
      return broken(line, "recorded-at", line.firstAt() + " or later", line.lastAt());
    }
    if (line.afterPosition() < afterPosition) {
      return broken(line, "after-position", afterPosition + " or more", line.afterPosition());
    }
    if (line.lastAfterPosition() < line.afterPosition()) {
      return broken(
          line, "after-position", line.afterPosition() + " or more", line.lastAfterPosition());
    }
    if (line.arrivals() < 1) {
      return broken(line, "arrivals", "1 or more", line.arrivals());
    }
    long version = number(line.current(), "version");
    if (version != line.afterVersion()) {
      return broken(line, "after-version", version, line.afterVersion());
    }
    JsonNode command = tree(line.command());
    String runId = command.hasNonNull("runId") ? command.path("runId").asText() : null;
    if (!Objects.equals(runId, line.runId())) {
      return broken(line, "run", String.valueOf(runId), String.valueOf(line.runId()));
    }
    Long attempt = command.hasNonNull("attempt") ? command.path("attempt").asLong() : null;
    if (!Objects.equals(attempt, line.attempt())) {
      return broken(line, "attempt", String.valueOf(attempt), String.valueOf(line.attempt()));
    }
    String reason = reason(line.refusal());
    return String.valueOf(line.reason()).equals(String.valueOf(reason))
        ? null
        : broken(line, "refusal", String.valueOf(line.reason()), String.valueOf(reason));
  }

  private static JsonNode tree(String json) {
    try {
      return Json.tree(json);
    } catch (IllegalStateException e) {
      return MissingNode.getInstance();
    }
  }

  private static long number(@Nullable String json, String field) {
    try {
      return json == null ? 0 : Json.tree(json).path(field).asLong(-1);
    } catch (IllegalStateException e) {
      return -1;
    }
  }

  private static @Nullable String reason(@Nullable String refusal) {
    try {
      return refusal == null ? null : Json.tree(refusal).path("reason").textValue();
    } catch (IllegalStateException e) {
      return "unreadable";
    }
  }

  private static Break broken(Line line, String check, Object expected, Object found) {
    return Break.ofLine(line.seq(), line.sessionKey(), check, expected, found);
  }
}
