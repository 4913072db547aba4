package org.sessionledger.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * Notes by triggers which rows a ledger writes, whatever statements it writes them with, in units
 * that {@link #mark} ends.
 */
interface Changes {

  /** The table that PostgreSQL's triggers write to. */
  String TABLE = "bench_changes";

  /**
   * One row.
   *
   * @param before null when it is new
   * @param after null when it is gone
   */
  record Change(
      int table, @Nullable Object @Nullable [] before, @Nullable Object @Nullable [] after) {}

  /** Takes the changes of one unit, in the order in which they were made. */
  interface Sink {
    void unit(List<Change> changes) throws IOException;
  }

  /** Ends a unit: everything that was asked for is committed. */
  void mark() throws SQLException, IOException;

  /** Ends the recording; the sink has everything now. */
  void finish() throws SQLException, IOException;

  static Changes of(Database database, DataSource dataSource, List<Layout> layouts, Sink sink)
      throws SQLException {
    return database instanceof Database.H2
        ? new OnH2(dataSource, layouts, sink)
        : new OnPostgres(dataSource, layouts, sink);
  }

  /** H2 calls triggers in this process. */
  final class OnH2 implements Changes {

    private static final Map<String, OnH2> RECORDINGS = new ConcurrentHashMap<>();

    private final Map<String, Integer> tables = new ConcurrentHashMap<>();
    private final List<Change> unit = Collections.synchronizedList(new ArrayList<>());
    private final Sink sink;

    OnH2(DataSource dataSource, List<Layout> layouts, Sink sink) throws SQLException {
      this.sink = sink;
      for (Layout layout : layouts) {
        String trigger = "BENCH_" + layout.table() + "_" + System.identityHashCode(this);
        tables.put(trigger, tables.size());
        RECORDINGS.put(trigger, this);
        Home.execute(
            dataSource,
            """
            CREATE TRIGGER "%s" AFTER INSERT, UPDATE, DELETE ON "%s" FOR EACH ROW CALL '%s'
            """
                .formatted(trigger, layout.table(), Noting.class.getName()));
      }
    }

    @Override
    public void mark() throws IOException {
      List<Change> changes;
      synchronized (unit) {
        changes = new ArrayList<>(unit);
        unit.clear();
      }
      sink.unit(changes);
    }

    @Override
    public void finish() {
      RECORDINGS.values().removeIf(each -> each == this);
    }

    /** Made by H2, one for each table. */
    public static final class Noting implements Trigger {

      private String name = "";

      @Override
      public void init(
          Connection connection,
          String schema,
          String trigger,
          String table,
          boolean before,
          int type) {
        name = trigger;
      }

      @Override
      public void fire(
          Connection connection,
          @Nullable Object @Nullable [] before,
          @Nullable Object @Nullable [] after)
          throws SQLException {
        OnH2 recording = RECORDINGS.get(name);
        if (recording != null) {
          recording.unit.add(new Change(recording.tables.get(name), plain(before), plain(after)));
        }
      }

      private static @Nullable Object @Nullable [] plain(@Nullable Object @Nullable [] row)
          throws SQLException {
        if (row == null) {
          return null;
        }
        @Nullable Object[] plain = row.clone();
        for (int i = 0; i < plain.length; i++) {
          if (plain[i] instanceof Clob clob) {
            plain[i] = clob.getSubString(1, (int) clob.length());
          }
        }
        return plain;
      }
    }
  }

  /** PostgreSQL's triggers write to a table, which is read when all is done. */
  final class OnPostgres implements Changes {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int FETCH_SIZE = 1_000;

    private final DataSource dataSource;
    private final List<Layout> layouts;
    private final Sink sink;

    OnPostgres(DataSource dataSource, List<Layout> layouts, Sink sink) throws SQLException {
      this.dataSource = dataSource;
      this.layouts = layouts;
      this.sink = sink;
      Home.execute(
          dataSource,
          """
          CREATE UNLOGGED TABLE bench_changes (
            seq BIGSERIAL, table_no INTEGER, row_before JSON, row_after JSON)
          """,
          """
          CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            INSERT INTO bench_changes (table_no, row_before, row_after) VALUES (
              TG_ARGV[0]::int,
              CASE WHEN TG_OP <> 'INSERT' THEN row_to_json(OLD) END,
              CASE WHEN TG_OP <> 'DELETE' THEN row_to_json(NEW) END);
            RETURN NULL;
          END $$
          """);
      for (int table = 0; table < layouts.size(); table++) {
        Home.execute(
            dataSource,
            """
            CREATE TRIGGER bench_note AFTER INSERT OR UPDATE OR DELETE ON "%s"
            FOR EACH ROW EXECUTE FUNCTION bench_note(%d)
            """
                .formatted(layouts.get(table).table(), table));
      }
    }

    @Override
    public void mark() throws SQLException {
      Home.execute(dataSource, "INSERT INTO bench_changes (table_no) VALUES (NULL)");
    }

    @Override
    public void finish() throws SQLException, IOException {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.setFetchSize(FETCH_SIZE);
          try (ResultSet rows =
              statement.executeQuery(
                  "SELECT table_no, row_before, row_after FROM bench_changes ORDER BY seq")) {
            List<Change> unit = new ArrayList<>();
            while (rows.next()) {
              int table = rows.getInt(1);
              if (rows.wasNull()) {
                sink.unit(unit);
                unit = new ArrayList<>();
              } else {
                Layout layout = layouts.get(table);
                unit.add(
                    new Change(
                        table, row(layout, rows.getString(2)), row(layout, rows.getString(3))));
              }
            }
          }
        }
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }

    private static @Nullable Object @Nullable [] row(Layout layout, @Nullable String json)
        throws IOException {
      if (json == null) {
        return null;
      }
      JsonNode row = JSON.readTree(json);
      return layout.columns().stream()
          .map(column -> value(column.type(), row.path(column.name())))
          .toArray();
    }

    private static @Nullable Object value(String type, JsonNode value) {
      if (value.isNull()) {
        return null;
      }
      return switch (type.toLowerCase(Locale.ROOT)) {
        case "int8", "bigserial" -> value.longValue();
        case "int4", "serial" -> value.intValue();
        case "int2" -> value.shortValue();
        case "bool" -> value.booleanValue();
        case "text", "varchar", "bpchar" -> value.textValue();
        case "timestamptz" -> OffsetDateTime.parse(value.textValue());
        case "bytea" -> HexFormat.of().parseHex(value.textValue().substring(2));
        case "json", "jsonb" -> value.toString();
        default -> value.isArray() ? array(value) : value.asText();
      };
    }

    /** As PostgreSQL writes an array. */
    private static String array(JsonNode values) {
      StringJoiner all = new StringJoiner(",", "{", "}");
      for (JsonNode each : values) {
        all.add(
            each.isNull()
                ? "NULL"
                : '"' + each.asText().replace("\\", "\\\\").replace("\"", "\\\"") + '"');
      }
      return all.toString();
    }
  }

  /** How a statement takes a value that was noted from a column. */
  static String parameter(Layout.Column column) {
    return switch (column.type().toLowerCase(Locale.ROOT)) {
      case "json", "jsonb", "uuid", "inet", "numeric", "timestamp", "date" ->
          "CAST(? AS " + column.type() + ")";
      default -> column.type().startsWith("_") ? "CAST(? AS " + column.type() + ")" : "?";
    };
  }

  static void bind(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
