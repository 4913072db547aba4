package org.sessionledger.core.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/** Rows back into what they were written from. */
final class Rows {

  static final String EVENT_COLUMNS =
      "e.position, e.session_no, e.version, e.type, e.event, e.command_type,"
          + " e.command, e.session, e.recorded_at";

  private static final Map<String, Class<? extends SessionEvent>> EVENT_TYPES =
      leaves(SessionEvent.class)
          .map(type -> type.<SessionEvent>asSubclass(SessionEvent.class))
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

  private Rows() {}

  static SessionEvent event(String type, String json) {
    Class<? extends SessionEvent> known = EVENT_TYPES.get(type);
    if (known == null) {
      throw new IllegalStateException("a stored event has the unknown type '" + type + "'");
    }
    return Json.read(json, known);
  }

  static RecordedEvent event(ResultSet row) throws SQLException {
    String command = row.getString("command");
    JsonNode canonical = Json.tree(command);
    return new RecordedEvent(
        row.getLong("position"),
        row.getLong("session_no"),
        row.getLong("version"),
        event(row.getString("type"), row.getString("event")),
        new CommandId(canonical.get("commandId").textValue()),
        row.getString("command_type"),
        command,
        CommandJson.provenance(canonical),
        Sql.instant(row, "recorded_at"),
        Json.read(row.getString("session"), SessionStatus.class));
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

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(Rows::leaves);
  }
}
