package org.sessionledger.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Verdict;

/**
 * The rows that a real ledger wrote for a number of commands, as the fewest plain statements that
 * write the same: in each transaction, one statement a row, with what the row was in the end.
 *
 * @param file transactions, first those that open the sessions
 * @param shapes the statements' texts
 * @param shared shapes that nearly every transaction writes to the same row with: the ledger's head
 * @param openings transactions that open the sessions
 * @param transactions those after them
 * @param perTransaction commands in each of them
 * @param rows what one command costs, in words
 * @param contents what the ledger left behind
 */
record Recording(
    Path file,
    List<String> shapes,
    Set<Integer> shared,
    int openings,
    int transactions,
    int perTransaction,
    String rows,
    Contents contents) {

  /** One statement of a transaction, by its text and its values. */
  record Row(int shape, @Nullable Object[] values) {}

  private static final int OPENINGS_A_TRANSACTION = 1_000;

  /** A row that is updated by more transactions than this, on average, is everybody's. */
  private static final int SHARED_FROM = 10;

  static Recording of(Database database, Path folder, int perTransaction, int transactions)
      throws SQLException, IOException {
    Home home = database.fresh("recording" + perTransaction);
    if (home.storage() instanceof LedgerStorage.Database storage) {
      // What is recorded needs not outlive anything.
      try (HikariDataSource pool = home.pool()) {
        Home.execute(
            pool,
            "ALTER DATABASE "
                + storage.jdbcUrl().replaceAll(".*/([a-z0-9_]+)\\?.*", "$1")
                + " SET synchronous_commit = off");
      }
    }
    Path file = folder.resolve("recording-" + database.name() + "-" + perTransaction);
    Files.createDirectories(folder);
    Work work = new Work("raw" + perTransaction, Options.SESSIONS);
    try (LedgerStorage.OpenLedger open = home.open();
        Spool spool = new Spool(file, layouts(open.ledger()))) {
      Changes changes = Changes.of(database, Home.own(open.ledger()), spool.layouts, spool::write);
      List<Arrival> before = new ArrayList<>(work.openings());
      work.headStart().stream().map(Work::command).map(Work::arrival).forEach(before::add);
      int openings = 0;
      for (int first = 0; first < before.size(); first += OPENINGS_A_TRANSACTION) {
        int end = Math.min(first + OPENINGS_A_TRANSACTION, before.size());
        decide(open.ledger(), before.subList(first, end));
        changes.mark();
        openings++;
      }
      spool.countedFrom = openings;
      for (int i = 0; i < transactions; i++) {
        decide(
            open.ledger(),
            IntStream.range(0, perTransaction).mapToObj(any -> work.arrival()).toList());
        changes.mark();
      }
      changes.finish();
      return new Recording(
          file,
          spool.shapes(),
          spool.shared(),
          openings,
          transactions,
          perTransaction,
          spool.rows(transactions * perTransaction),
          contents(open.ledger()));
    }
  }

  private static Contents contents(Ledger ledger) throws SQLException {
    try (Connection connection = ledger.dataSource().getConnection()) {
      return Contents.of(connection);
    }
  }

  private static List<Layout> layouts(Ledger ledger) throws SQLException {
    try (Connection connection = ledger.dataSource().getConnection()) {
      return Layout.of(connection);
    }
  }

  /** All at once, and waits for all. */
  private static void decide(Ledger ledger, List<Arrival> arrivals) {
    List<CompletableFuture<Decision>> decisions = arrivals.stream().map(ledger::submit).toList();
    for (CompletableFuture<Decision> each : decisions) {
      Decision decision = each.join();
      if (decision.verdict() != Verdict.ACCEPTED) {
        throw new IllegalStateException(decision.toString());
      }
    }
  }

  /** Transactions, one after the other. */
  static final class Reader implements AutoCloseable {

    private final DataInputStream in;

    Reader(Recording recording) throws IOException {
      in =
          new DataInputStream(
              new BufferedInputStream(Files.newInputStream(recording.file()), 1 << 20));
    }

    /** The next transaction; the recording must have one. */
    List<Row> next() throws IOException {
      int rows = in.readInt();
      List<Row> all = new ArrayList<>(rows);
      for (int i = 0; i < rows; i++) {
        int shape = in.readInt();
        @Nullable Object[] values = new @Nullable Object[in.readInt()];
        for (int value = 0; value < values.length; value++) {
          values[value] = Values.read(in);
        }
        all.add(new Row(shape, values));
      }
      return all;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** Folds what happened to each row in a transaction, and writes the statements down. */
  private static final class Spool implements AutoCloseable {

    private static final List<String> ORDER = List.of("INSERT", "UPDATE", "DELETE");

    private final List<Layout> layouts;
    private final DataOutputStream out;
    private final Map<String, Integer> shapes = new LinkedHashMap<>();
    private final Map<Integer, Integer> uses = new HashMap<>();
    private final Map<Integer, Set<List<Object>>> keys = new HashMap<>();
    private final Map<String, Integer> written = new TreeMap<>();
    private int countedFrom = Integer.MAX_VALUE;
    private int units;

    Spool(Path file, List<Layout> layouts) throws IOException {
      this.layouts = layouts;
      this.out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20));
    }

    /** What became of one row. */
    private static final class Net {
      final int table;
      @Nullable Object @Nullable [] before;
      @Nullable Object @Nullable [] after;

      Net(int table, @Nullable Object @Nullable [] before, @Nullable Object @Nullable [] after) {
        this.table = table;
        this.before = before;
        this.after = after;
      }
    }

    void write(List<Changes.Change> changes) throws IOException {
      Map<Object, Net> nets = new LinkedHashMap<>();
      for (Changes.Change change : changes) {
        @Nullable Object[] before = change.before();
        @Nullable Object[] after = change.after();
        if (before != null && after != null && !key(change, before).equals(key(change, after))) {
          fold(nets, new Net(change.table(), before, null), key(change, before));
          fold(nets, new Net(change.table(), null, after), key(change, after));
        } else {
          fold(
              nets,
              new Net(change.table(), before, after),
              key(change, after == null ? before : after));
        }
      }
      List<Row> rows = new ArrayList<>();
      for (Net net : nets.values()) {
        Row row = row(net);
        if (row != null) {
          rows.add(row);
        }
      }
      List<String> texts = shapes();
      rows.sort(
          Comparator.<Row>comparingInt(row -> ORDER.indexOf(texts.get(row.shape()).substring(0, 6)))
              .thenComparingInt(Row::shape));
      out.writeInt(rows.size());
      for (Row row : rows) {
        if (units >= countedFrom) {
          written.merge(kind(texts.get(row.shape())), 1, Integer::sum);
        }
        out.writeInt(row.shape());
        out.writeInt(row.values().length);
        for (Object value : row.values()) {
          Values.write(out, value);
        }
      }
      units++;
    }

    private static void fold(Map<Object, Net> nets, Net next, Object key) {
      Net known = nets.get(key);
      if (known == null) {
        nets.put(key, next);
      } else if (known.before == null && next.after == null) {
        nets.remove(key);
      } else {
        known.after = next.after;
      }
    }

    /** A row without a key is only ever new. */
    private Object key(Changes.Change change, @Nullable Object @Nullable [] row) {
      List<Integer> columns = layouts.get(change.table()).key();
      if (columns.isEmpty()) {
        if (change.before() != null) {
          throw new IllegalStateException(
              layouts.get(change.table()).table() + " has no key, and its rows change");
        }
        return new Object();
      }
      List<Object> key = new ArrayList<>();
      key.add(change.table());
      key.addAll(keyOf(columns, row));
      return key;
    }

    private static List<Object> keyOf(List<Integer> columns, @Nullable Object @Nullable [] row) {
      List<Object> key = new ArrayList<>();
      for (int column : columns) {
        Object value = row == null ? null : row[column];
        key.add(
            value instanceof byte[] bytes
                ? List.of(new String(bytes, StandardCharsets.ISO_8859_1))
                : String.valueOf(value));
      }
      return key;
    }

    private @Nullable Row row(Net net) {
      Layout layout = layouts.get(net.table);
      List<Layout.Column> columns = layout.columns();
      List<Integer> written = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        if (!columns.get(i).generated()
            && net.after != null
            && (net.before == null || !Values.same(net.before[i], net.after[i]))) {
          written.add(i);
        }
      }
      if (net.before == null && net.after != null) {
        return new Row(shape(insert(layout, written)), pick(net.after, written));
      }
      if (net.before == null) {
        throw new IllegalStateException("a row of " + layout.table() + " that never was");
      }
      @Nullable Object[] key = pick(net.before, layout.key());
      if (net.after == null) {
        return new Row(shape("DELETE FROM " + name(layout.table()) + where(layout)), key);
      }
      if (written.isEmpty()) {
        return null;
      }
      int shape = shape(update(layout, written));
      uses.merge(shape, 1, Integer::sum);
      keys.computeIfAbsent(shape, any -> new HashSet<>()).add(keyOf(layout.key(), net.before));
      @Nullable Object[] values = new @Nullable Object[written.size() + key.length];
      System.arraycopy(pick(net.after, written), 0, values, 0, written.size());
      System.arraycopy(key, 0, values, written.size(), key.length);
      return new Row(shape, values);
    }

    private static @Nullable Object[] pick(@Nullable Object[] row, List<Integer> columns) {
      @Nullable Object[] picked = new @Nullable Object[columns.size()];
      for (int i = 0; i < picked.length; i++) {
        picked[i] = row[columns.get(i)];
      }
      return picked;
    }

    private static String insert(Layout layout, List<Integer> written) {
      List<Layout.Column> columns = written.stream().map(layout.columns()::get).toList();
      return "INSERT INTO "
          + name(layout.table())
          + columns.stream()
              .map(column -> name(column.name()))
              .collect(Collectors.joining(", ", " (", ")"))
          + (columns.stream().anyMatch(Layout.Column::identity) ? " OVERRIDING SYSTEM VALUE" : "")
          + columns.stream()
              .map(Changes::parameter)
              .collect(Collectors.joining(", ", " VALUES (", ")"));
    }

    private static String update(Layout layout, List<Integer> written) {
      return "UPDATE "
          + name(layout.table())
          + written.stream()
              .map(layout.columns()::get)
              .map(column -> name(column.name()) + " = " + Changes.parameter(column))
              .collect(Collectors.joining(", ", " SET ", ""))
          + where(layout);
    }

    private static String where(Layout layout) {
      return layout.key().stream()
          .map(layout.columns()::get)
          .map(column -> name(column.name()) + " = " + Changes.parameter(column))
          .collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private static String name(String name) {
      return '"' + name + '"';
    }

    private int shape(String text) {
      return shapes.computeIfAbsent(text, any -> shapes.size());
    }

    /** The statement's first word and its table. */
    private static String kind(String text) {
      return text.substring(0, 6).toLowerCase(Locale.ROOT)
          + ' '
          + text.split("\"")[1].toLowerCase(Locale.ROOT);
    }

    String rows(int commands) {
      StringJoiner all = new StringJoiner(", ");
      written.forEach(
          (kind, count) ->
              all.add(String.format(Locale.ROOT, "%s %.2f", kind, count / (double) commands)));
      return all.toString();
    }

    List<String> shapes() {
      return List.copyOf(shapes.keySet());
    }

    Set<Integer> shared() {
      Set<Integer> shared = new HashSet<>();
      keys.forEach(
          (shape, distinct) -> {
            if (uses.getOrDefault(shape, 0) > SHARED_FROM * distinct.size()) {
              shared.add(shape);
            }
          });
      return shared;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** Values as they are noted, in few bytes. */
  private static final class Values {

    private Values() {}

    static boolean same(@Nullable Object one, @Nullable Object other) {
      return one instanceof byte[] a && other instanceof byte[] b
          ? Arrays.equals(a, b)
          : Objects.equals(one, other);
    }

    static void write(DataOutputStream out, @Nullable Object value) throws IOException {
      if (value == null) {
        out.writeByte('0');
      } else if (value instanceof String text) {
        out.writeByte('s');
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
      } else if (value instanceof Long number) {
        out.writeByte('l');
        out.writeLong(number);
      } else if (value instanceof Integer number) {
        out.writeByte('i');
        out.writeInt(number);
      } else if (value instanceof Short number) {
        out.writeByte('h');
        out.writeShort(number);
      } else if (value instanceof Boolean truth) {
        out.writeByte('t');
        out.writeBoolean(truth);
      } else if (value instanceof byte[] binary) {
        out.writeByte('b');
        bytes(out, binary);
      } else if (value instanceof OffsetDateTime time) {
        out.writeByte('d');
        out.writeUTF(time.toString());
      } else {
        throw new IllegalStateException("no value to write: " + value.getClass());
      }
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    static @Nullable Object read(DataInputStream in) throws IOException {
      byte type = in.readByte();
      return switch (type) {
        case '0' -> null;
        case 's' -> new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        case 'l' -> in.readLong();
        case 'i' -> in.readInt();
        case 'h' -> in.readShort();
        case 't' -> in.readBoolean();
        case 'b' -> in.readNBytes(in.readInt());
        case 'd' -> OffsetDateTime.parse(in.readUTF());
        default -> throw new IllegalStateException("no value begins with " + type);
      };
    }
  }
}
