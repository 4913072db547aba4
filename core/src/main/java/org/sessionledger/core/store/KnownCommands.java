package org.sessionledger.core.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Verdict;

/** The accepted commands, by their ids: beside their events, or on a row of their own. */
final class KnownCommands {

  private KnownCommands() {}

  /** The SHA-256, in hexadecimal, of what makes two commands with one id the same. */
  static String content(SessionCommand command) {
    return Hash.of(CommandJson.content(command));
  }

  /** Asks for the accepted commands among some ids. */
  static Query query(
      Collection<String> ids, Consumer<Map.Entry<CommandId, Draft.KnownCommand>> answer) {
    String[] all = ids.toArray(String[]::new);
    return Query.of(
        """
        SELECT command_id, recorded_at, command, command_type, session,
          NULL AS content, 0 AS interrupted_sessions, 0 AS interrupted_runs
        FROM ledger_events WHERE command_id = ANY(?)
        UNION ALL
        SELECT command_id, recorded_at, NULL, NULL, NULL,
          content, interrupted_sessions, interrupted_runs
        FROM ledger_commands WHERE command_id = ANY(?)
        """,
        row -> answer.accept(known(row)),
        all,
        all);
  }

  /** Asks for those of some ids that commands over every session have. */
  static Query overEverySession(Collection<CommandId> ids, Consumer<CommandId> answer) {
    return Query.of(
        "SELECT command_id FROM ledger_commands WHERE command_id = ANY(?)",
        row -> answer.accept(new CommandId(row.getString("command_id"))),
        (Object) ids.stream().map(CommandId::value).toArray(String[]::new));
  }

  private static Map.Entry<CommandId, Draft.KnownCommand> known(ResultSet row) throws SQLException {
    return row.getString("session") == null ? ofEverySession(row) : ofEvent(row);
  }

  private static Map.Entry<CommandId, Draft.KnownCommand> ofEvent(ResultSet row)
      throws SQLException {
    CommandId id = new CommandId(row.getString("command_id"));
    SessionStatus status = Json.read(row.getString("session"), SessionStatus.class);
    return Map.entry(
        id,
        new Draft.KnownCommand(
            content(CommandJson.recall(Json.tree(row.getString("command"))).command()),
            new Decision(
                Verdict.DUPLICATE,
                id,
                row.getString("command_type"),
                status.sessionKey(),
                status.standing(),
                null,
                null,
                Sql.instant(row, "recorded_at"),
                false)));
  }

  private static Map.Entry<CommandId, Draft.KnownCommand> ofEverySession(ResultSet row)
      throws SQLException {
    CommandId id = new CommandId(row.getString("command_id"));
    return Map.entry(
        id,
        new Draft.KnownCommand(
            row.getString("content"),
            new Decision(
                Verdict.DUPLICATE,
                id,
                "InterruptRuns",
                null,
                null,
                new Decision.Interrupted(
                    row.getInt("interrupted_sessions"), row.getInt("interrupted_runs")),
                null,
                Sql.instant(row, "recorded_at"),
                false)));
  }
}
