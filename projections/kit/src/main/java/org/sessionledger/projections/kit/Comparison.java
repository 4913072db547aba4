package org.sessionledger.projections.kit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two tables of a view, row by row: a checksum a session, over every column of each row,
 * whatever their order.
 */
final class Comparison {

  /** Sessions whose rows are read at once. */
  private static final int SESSIONS = 512;

  private static final int FETCH = 1_000;

  /** Differences that are told of a session. */
  private static final int ROWS_MAX = 5;

  /** Rows of a session that are looked at to tell what differs. */
  private static final int LOOKED_AT_MAX = 10_000;

  private static final int TEXT_MAX = 400;

  /** A sum of rows' digests, which does not depend on their order. */
  private static final class Checksum {
    private long high;
    private long low;

    void add(byte[] digest) {
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      high += bytes.getLong();
      low += bytes.getLong();
    }

    boolean same(@Nullable Checksum other) {
      return other != null && high == other.high && low == other.low;
    }
  }

  private final Connection connection;
  private final String live;
  private final String rebuilt;
  private final MessageDigest digest = sha256();

  /**
   * @param connection what it sees of the two tables must be of one moment
   */
  Comparison(Connection connection, String live, String rebuilt) {
    this.connection = connection;
    this.live = live;
    this.rebuilt = rebuilt;
  }

  /**
   * The numbers of all sessions that differ.
   *
   * @param each called after each step
   */
  SortedSet<Long> all(Runnable each) throws SQLException {
    SortedSet<Long> different = new TreeSet<>();
    Optional<Long> from = next(Long.MIN_VALUE);
    while (from.isPresent()) {
      long first = from.get();
      long last = first + Math.min(SESSIONS - 1, Long.MAX_VALUE - Math.max(0, first));
      differing("BETWEEN ? AND ?", List.of(first, last), different);
      each.run();
      from = last == Long.MAX_VALUE ? Optional.empty() : next(last + 1);
    }
    return different;
  }

  /** Those of some sessions that differ. */
  SortedSet<Long> of(Collection<Long> sessions) throws SQLException {
    SortedSet<Long> different = new TreeSet<>();
    List<Long> all = new ArrayList<>(sessions);
    for (int from = 0; from < all.size(); from += SESSIONS) {
      List<Long> some = all.subList(from, Math.min(all.size(), from + SESSIONS));
      String places = String.join(", ", Collections.nCopies(some.size(), "?"));
      differing("IN (" + places + ")", some, different);
    }
    return different;
  }

  /** The lowest number from one on that has a row; a row may have any, whoever wrote it. */
  private Optional<Long> next(long from) throws SQLException {
    List<Long> found = new ArrayList<>();
    for (String table : List.of(live, rebuilt)) {
      found.addAll(
          Sql.list(
              connection,
              row -> row.getLong("session_no"),
              "SELECT session_no FROM "
                  + table
                  + " WHERE session_no >= ? ORDER BY session_no LIMIT 1",
              from));
    }
    return found.stream().min(Long::compare);
  }

  private void differing(String which, List<Long> values, SortedSet<Long> different)
      throws SQLException {
    Map<Long, Checksum> one = checksums(live, which, values);
    Map<Long, Checksum> other = checksums(rebuilt, which, values);
    one.forEach(
        (session, checksum) -> {
          if (!checksum.same(other.remove(session))) {
            different.add(session);
          }
        });
    different.addAll(other.keySet());
  }

  private Map<Long, Checksum> checksums(String table, String which, List<Long> values)
      throws SQLException {
    Map<Long, Checksum> checksums = new HashMap<>();
    String sql = "SELECT * FROM " + table + " WHERE session_no " + which;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH);
      for (int i = 0; i < values.size(); i++) {
        statement.setLong(i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        int columns = rows.getMetaData().getColumnCount();
        int session = rows.findColumn("session_no");
        while (rows.next()) {
          checksums
              .computeIfAbsent(rows.getLong(session), no -> new Checksum())
              .add(digest(rows, columns));
        }
      }
    }
    return checksums;
  }

  /** Each value with its length before it, so that no two rows look alike. */
  private byte[] digest(ResultSet row, int columns) throws SQLException {
    byte[] length = new byte[4];
    for (int i = 1; i <= columns; i++) {
      String text = row.getString(i);
      byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer.wrap(length).putInt(bytes == null ? -1 : bytes.length);
      digest.update(length);
      if (bytes != null) {
        digest.update(bytes);
      }
    }
    return digest.digest();
  }

  /** Which rows of a session differ, and in which columns. */
  List<Difference.DifferentRow> rows(long session) throws SQLException {
    List<String> key = primaryKey();
    Map<String, Map<String, String>> one = texts(live, session, key);
    Map<String, Map<String, String>> other = texts(rebuilt, session, key);
    List<Difference.DifferentRow> different = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    for (String name : names) {
      Map<String, String> here = one.get(name);
      Map<String, String> there = other.get(name);
      if (!Objects.equals(here, there)) {
        different.add(
            new Difference.DifferentRow(name, otherThan(here, there), otherThan(there, here)));
      }
    }
    return different;
  }

  /** The first ones of them. */
  static List<Difference.DifferentRow> shown(List<Difference.DifferentRow> rows) {
    return List.copyOf(rows.subList(0, Math.min(ROWS_MAX, rows.size())));
  }

  /** Of a long text its beginning, its length, and what tells it from others. */
  private String told(String text) {
    if (text.length() <= TEXT_MAX) {
      return text;
    }
    String hash = HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    return text.substring(0, text.offsetByCodePoints(0, TEXT_MAX / 2))
        + "… ("
        + text.length()
        + " characters, SHA-256 "
        + hash
        + ")";
  }

  private static @Nullable Map<String, String> otherThan(
      @Nullable Map<String, String> row, @Nullable Map<String, String> other) {
    if (row == null || other == null) {
      return row;
    }
    Map<String, String> differing = new TreeMap<>();
    row.forEach(
        (name, text) -> {
          if (!text.equals(other.get(name))) {
            differing.put(name, text);
          }
        });
    return differing;
  }

  private Map<String, Map<String, String>> texts(String table, long session, List<String> key)
      throws SQLException {
    Map<String, Map<String, String>> all = new LinkedHashMap<>();
    Sql.list(
        connection,
        row -> {
          Map<String, String> texts = new TreeMap<>();
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            String name = row.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT);
            texts.put(name, told(Objects.requireNonNullElse(row.getString(i), "null")));
          }
          List<String> named = new ArrayList<>();
          key.forEach(column -> named.add(column + "=" + texts.get(column)));
          return all.put(String.join(" ", named), texts);
        },
        "SELECT * FROM "
            + table
            + " WHERE session_no = ? ORDER BY "
            + String.join(", ", key)
            + " LIMIT "
            + LOOKED_AT_MAX,
        session);
    return all;
  }

  private List<String> primaryKey() throws SQLException {
    DatabaseMetaData database = connection.getMetaData();
    String name = database.storesUpperCaseIdentifiers() ? live.toUpperCase(Locale.ROOT) : live;
    Map<Integer, String> columns = new TreeMap<>();
    try (ResultSet key =
        database.getPrimaryKeys(connection.getCatalog(), connection.getSchema(), name)) {
      while (key.next()) {
        columns.put(key.getInt("KEY_SEQ"), key.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
      }
    }
    if (columns.isEmpty()) {
      throw new IllegalStateException("table " + live + " has no primary key");
    }
    return List.copyOf(columns.values());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
