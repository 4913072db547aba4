package org.sessionledger.app.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.store.Schema;
import org.sessionledger.projections.kit.Sql;

/** The tokens' rows, beside the ledger's tables and with a history of their own. */
final class TokenTable {

  private static final String COLUMNS =
      "id, hash, name, role, key_prefix, created_at, created_by, expires_at, revoked_at";

  /** A token, and what its secret must hash to. */
  record Row(String hash, Token token) {}

  private final DataSource dataSource;

  private TokenTable(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Makes the table when absent. */
  static TokenTable in(DataSource dataSource) {
    try {
      Schema.migrate(
          dataSource, TokenTable.class, "db/access", "access_schema_history", java.util.Map.of());
    } catch (FlywayValidateException e) {
      throw new LedgerUnavailable(
          "The table of tokens was made by a newer version of Session Ledger; use that version.",
          e);
    } catch (FlywayException e) {
      throw new LedgerUnavailable(
          "The table of tokens cannot be prepared: " + Schema.sentence(e), e);
    }
    return new TokenTable(dataSource);
  }

  /** False when there is one with this id. */
  boolean insert(Token token, String hash) {
    return Sql.query(
            dataSource,
            connection ->
                Sql.update(
                    connection,
                    "INSERT INTO access_tokens ("
                        + COLUMNS
                        + ") SELECT ?, ?, ?, ?, ?, "
                        + "CAST(? AS TIMESTAMP WITH TIME ZONE), ?, "
                        + "CAST(? AS TIMESTAMP WITH TIME ZONE), NULL "
                        + "WHERE NOT EXISTS (SELECT 1 FROM access_tokens WHERE id = ?)",
                    token.id(),
                    hash,
                    token.name(),
                    token.role().code(),
                    token.prefix(),
                    token.createdAt(),
                    token.createdBy(),
                    token.expiresAt(),
                    token.id()))
        == 1;
  }

  Optional<Row> find(String hash) {
    return Sql.query(
        dataSource,
        connection ->
            Sql.one(
                connection,
                TokenTable::row,
                "SELECT " + COLUMNS + " FROM access_tokens WHERE hash = ?",
                hash));
  }

  Optional<Token> byId(String id) {
    return Sql.query(
            dataSource,
            connection ->
                Sql.one(
                    connection,
                    TokenTable::row,
                    "SELECT " + COLUMNS + " FROM access_tokens WHERE id = ?",
                    id))
        .map(Row::token);
  }

  List<Token> all() {
    return Sql.query(
            dataSource,
            connection ->
                Sql.list(
                    connection,
                    TokenTable::row,
                    "SELECT " + COLUMNS + " FROM access_tokens ORDER BY created_at, id"))
        .stream()
        .map(Row::token)
        .toList();
  }

  /** True when a role was ever given to somebody. */
  boolean has(Role role) {
    return Sql.query(
        dataSource,
        connection ->
            Sql.one(
                    connection,
                    row -> "",
                    "SELECT 1 FROM access_tokens WHERE role = ? LIMIT 1",
                    role.code())
                .isPresent());
  }

  /** The first time counts. */
  void revoke(String id, Instant at) {
    Sql.query(
        dataSource,
        connection ->
            Sql.update(
                connection,
                "UPDATE access_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                at,
                id));
  }

  private static Row row(ResultSet row) throws SQLException {
    String role = row.getString("role");
    return new Row(
        row.getString("hash"),
        new Token(
            row.getString("id"),
            row.getString("name"),
            // A role of a newer version is less than any of this one.
            Role.of(role).orElse(Role.READER),
            row.getString("key_prefix"),
            Sql.instant(row, "created_at"),
            row.getString("created_by"),
            instantOrNull(row, "expires_at"),
            instantOrNull(row, "revoked_at")));
  }

  private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    return row.getObject(column) == null ? null : Sql.instant(row, column);
  }
}
