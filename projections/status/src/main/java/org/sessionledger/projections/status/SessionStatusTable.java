package org.sessionledger.projections.status;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Table;

/** The rows of the status view. */
final class SessionStatusTable implements Table<Long, StatusRow> {

  private final String name;

  SessionStatusTable(String name) {
    this.name = name;
  }

  @Override
  public List<StatusRow> load(Connection connection, List<Long> keys) throws SQLException {
    return Sql.listIn(
        connection,
        row -> new StatusRow(row.getLong("session_no"), session(row)),
        "SELECT session_no, session FROM " + name + " WHERE (session_no)",
        keys.stream().map(key -> new Object[] {key}).toList());
  }

  @Override
  public void insert(Connection connection, List<StatusRow> rows) throws SQLException {
    Sql.insert(
        connection,
        name,
        "session_key, generation, version, position, status, changed_at, session, session_no",
        rows.stream()
            .map(
                row ->
                    values(
                        row.session().sessionKey().value(),
                        row.session().generation(),
                        row.session().version(),
                        row.session().position(),
                        row.session().status().code(),
                        row.session().changedAt(),
                        Json.write(row.session()),
                        row.sessionNo()))
            .toList());
  }

  @Override
  public void update(Connection connection, List<StatusRow> rows) throws SQLException {
    Sql.batch(
        connection,
        "UPDATE "
            + name
            + """
             SET generation = ?, version = ?, position = ?, status = ?, changed_at = ?, session = ?
            WHERE session_no = ? AND version < ?
            """,
        rows.stream()
            .map(
                row ->
                    values(
                        row.session().generation(),
                        row.session().version(),
                        row.session().position(),
                        row.session().status().code(),
                        row.session().changedAt(),
                        Json.write(row.session()),
                        row.sessionNo(),
                        row.session().version()))
            .toList());
  }

  Optional<SessionStatus> find(Connection connection, SessionKey key) throws SQLException {
    return Sql.one(
        connection,
        SessionStatusTable::session,
        "SELECT session FROM " + name + " WHERE session_key = ?",
        key.value());
  }

  /** Newest change first. */
  List<SessionStatus> list(
      Connection connection,
      @Nullable Status status,
      @Nullable String prefix,
      long beforePosition,
      int limit)
      throws SQLException {
    StringBuilder where = new StringBuilder("position < ?");
    List<@Nullable Object> values = new ArrayList<>();
    values.add(beforePosition);
    if (status != null) {
      where.append(" AND status = ?");
      values.add(status.code());
    }
    if (prefix != null && !prefix.isEmpty()) {
      where.append(" AND session_key LIKE ? ESCAPE '!'");
      values.add(Sql.beginsWith(prefix));
    }
    values.add(limit);
    return Sql.list(
        connection,
        SessionStatusTable::session,
        "SELECT session FROM " + name + " WHERE " + where + " ORDER BY position DESC LIMIT ?",
        values.toArray());
  }

  private static SessionStatus session(ResultSet row) throws SQLException {
    return Json.read(row.getString("session"), SessionStatus.class);
  }

  private static @Nullable Object[] values(@Nullable Object... values) {
    return values;
  }
}
