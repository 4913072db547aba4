package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;

/** The rows of an answer, one by one: one that cannot be read takes no other with it. */
public final class ListedRows {

  /** Runs of one row that are read. */
  private static final int RUNS_MAX = 100;

  private ListedRows() {}

  /**
   * Reads the answer to {@code sessions.list}, without its content.
   *
   * @param unreadable hears what is wrong with a row
   */
  public static void each(
      JsonNode payload, Consumer<ShownSession> each, Consumer<String> unreadable) {
    JsonNode rows = payload.path("sessions");
    if (!rows.isArray()) {
      unreadable.accept("'sessions' is no list");
      return;
    }
    for (JsonNode row : rows) {
      ShownSession shown = read(row, unreadable);
      if (shown != null) {
        each.accept(shown);
      }
    }
  }

  /** The row in the answer to {@code sessions.describe}; null when the gateway knows none. */
  public static @Nullable ShownSession described(JsonNode payload, Consumer<String> unreadable) {
    JsonNode row = payload.path("session");
    return row.isObject() ? read(row, unreadable) : null;
  }

  private static @Nullable ShownSession read(JsonNode row, Consumer<String> unreadable) {
    try {
      Fields fields = Fields.of(row);
      SessionKey key = fields.sessionKey("key");
      if (key == null) {
        throw fields.missing("key");
      }
      return new ShownSession(
          key, FrameDecoder.row(fields), runs(row, unreadable), null, List.of());
    } catch (MalformedFrame e) {
      unreadable.accept("a row is skipped: " + e.getMessage());
      return null;
    }
  }

  private static List<RunId> runs(JsonNode row, Consumer<String> unreadable) {
    List<RunId> runs = new ArrayList<>(0);
    for (JsonNode id : row.path("activeRunIds")) {
      if (id.isTextual() && runs.size() < RUNS_MAX) {
        try {
          runs.add(new RunId(id.textValue()));
        } catch (InvalidField e) {
          unreadable.accept("a run of a row is skipped: " + e.in("activeRunIds").getMessage());
        }
      }
    }
    return runs;
  }
}
