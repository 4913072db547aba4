package org.sessionledger.core.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/** Rows back into what they were written from. */
final class Rows {

  static final String EVENT_COLUMNS =
      "e.position, e.session_no, e.version, e.type, e.event, e.command_type, e.command,"
          + " e.session, e.recorded_at";

  /** What a view is folded from, without the session that stands beside it. */
  static final String COMMAND_COLUMNS =
      "e.position, e.session_no, e.version, e.type, e.event, e.command_type, e.command,"
          + " NULL AS session, e.recorded_at";

  /** The event alone. */
  static final String BARE_COLUMNS =
      "e.position, e.session_no, e.version, e.type, e.event, NULL AS command_type,"
          + " NULL AS command, NULL AS session, e.recorded_at";

  private Rows() {}

  static RecordedEvent event(ResultSet row) throws SQLException {
    return new RecordedEvent(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getObject(9, OffsetDateTime.class).toInstant(),
        row.getString(6),
        row.getString(7),
        row.getString(8));
  }

  static LoggedDecision decision(ResultSet row) throws SQLException {
    JsonNode first = Json.tree(row.getString("first_command"));
    String key = row.getString("session_key");
    String standing = row.getString("current_standing");
    String decisionId = row.getString("decision_id");
    return new LoggedDecision(
        row.getLong("seq"),
        decisionId,
        Verdict.valueOf(row.getString("verdict").toUpperCase(Locale.ROOT)),
        row.getString("command_type"),
        key.isEmpty() ? null : new SessionKey(key),
        row.getString("run_id"),
        Sql.longOrNull(row, "attempt"),
        refusal(row.getString("refusal"), decisionId),
        standing == null ? null : Json.read(standing, Standing.class),
        row.getLong("after_version"),
        row.getLong("after_position"),
        Sql.instant(row, "first_at"),
        Sql.instant(row, "last_at"),
        row.getLong("arrivals"),
        first,
        Json.tree(row.getString("last_command")),
        CommandJson.provenance(first));
  }

  private static @Nullable Refusal refusal(@Nullable String json, String decisionId) {
    if (json == null) {
      return null;
    }
    return Json.read(json, Refusal.class).withId(decisionId);
  }
}
