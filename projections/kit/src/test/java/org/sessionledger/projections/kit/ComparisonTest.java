package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ComparisonTest {

  private static void on(TestDatabase database, Sql.Work<Integer> test) {
    try (HikariDataSource dataSource = database.create()) {
      Sql.query(
          dataSource,
          connection -> {
            for (String table : List.of("live", "rebuilt")) {
              Sql.update(
                  connection,
                  "CREATE TABLE "
                      + table
                      + " (head VARCHAR(1000), session_no BIGINT, name BIGINT,"
                      + " tail VARCHAR(1000), PRIMARY KEY (session_no, name))");
            }
            return test.on(connection);
          });
    }
  }

  private static void row(
      Connection connection, String table, long session, long name, String head, String tail)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO " + table + " (session_no, name, head, tail) VALUES (?, ?, ?, ?)",
        session,
        name,
        head,
        tail);
  }

  private static void live(Connection connection, long session, String head, String tail)
      throws SQLException {
    row(connection, "live", session, 1, head, tail);
  }

  private static void rebuilt(Connection connection, long session, String head, String tail)
      throws SQLException {
    row(connection, "rebuilt", session, 1, head, tail);
  }

  @ParameterizedTest
  @EnumSource
  void each_difference_shows_and_the_order_of_rows_does_not(TestDatabase database) {
    on(
        database,
        connection -> {
          // The same two rows, and the same row.
          row(connection, "live", 1, 1, "a", "b");
          row(connection, "live", 1, 2, "c", null);
          row(connection, "rebuilt", 1, 2, "c", null);
          row(connection, "rebuilt", 1, 1, "a", "b");
          live(connection, 2, "", "ä");
          rebuilt(connection, 2, "", "ä");
          // The first column, the last one.
          live(connection, 11, "a", "b");
          rebuilt(connection, 11, "c", "b");
          live(connection, 12, "a", "b");
          rebuilt(connection, 12, "a", "c");
          // No value is not an empty one.
          live(connection, 13, "a", null);
          rebuilt(connection, 13, "a", "");
          live(connection, 14, "ä", "b");
          rebuilt(connection, 14, "ö", "b");
          // One row more, on either side.
          live(connection, 15, "a", "b");
          rebuilt(connection, 15, "a", "b");
          row(connection, "live", 15, 2, "a", "b");
          live(connection, 16, "a", "b");
          rebuilt(connection, 16, "a", "b");
          row(connection, "rebuilt", 16, 2, "a", "b");
          live(connection, 17, "a", "b");
          rebuilt(connection, 18, "a", "b");
          // What belongs to which row.
          row(connection, "live", 19, 1, "a", "b");
          row(connection, "live", 19, 2, "c", "d");
          row(connection, "rebuilt", 19, 1, "a", "d");
          row(connection, "rebuilt", 19, 2, "c", "b");

          Comparison comparison = new Comparison(connection, "live", "rebuilt");
          List<Long> different = LongStream.rangeClosed(11, 19).boxed().toList();
          assertThat(comparison.all(() -> {})).containsExactlyElementsOf(different);
          assertThat(comparison.of(LongStream.rangeClosed(0, 2_000).boxed().toList()))
              .containsExactlyElementsOf(different);
          assertThat(comparison.of(List.of(1L, 12L))).containsExactly(12L);
          assertThat(comparison.of(List.of())).isEmpty();
          return 0;
        });
  }

  /** Digits, then a text: only the lengths tell where the one ends. */
  @Test
  void values_that_run_into_each_other_are_told_apart() {
    on(
        TestDatabase.H2,
        connection -> {
          row(connection, "live", 1, 2, "a", "3b");
          row(connection, "rebuilt", 1, 23, "a", "b");
          assertThat(new Comparison(connection, "live", "rebuilt").all(() -> {}))
              .containsExactly(1L);
          return 0;
        });
  }

  @Test
  void the_sessions_of_both_tables_are_walked_to_their_end_in_steps() {
    on(
        TestDatabase.H2,
        connection -> {
          Comparison comparison = new Comparison(connection, "live", "rebuilt");
          live(connection, 1_000, "a", "b");
          AtomicInteger steps = new AtomicInteger();
          assertThat(comparison.all(steps::incrementAndGet)).containsExactly(1_000L);
          assertThat(steps.get()).as("where no row is, no step is made").isEqualTo(1);

          rebuilt(connection, 2_000, "a", "b");
          assertThat(comparison.all(() -> {})).containsExactly(1_000L, 2_000L);
          assertThat(comparison.of(LongStream.rangeClosed(1, 2_000).boxed().toList()))
              .containsExactly(1_000L, 2_000L);
          return 0;
        });
  }

  @Test
  void of_a_session_that_differs_in_much_a_part_is_told() {
    on(
        TestDatabase.H2,
        connection -> {
          Sql.update(
              connection,
              "INSERT INTO live (session_no, name, head, tail)"
                  + " SELECT 1, x, REPEAT('a', 401), REPEAT('b', 400) FROM SYSTEM_RANGE(1, 10001)");

          List<Difference.DifferentRow> rows =
              new Comparison(connection, "live", "rebuilt").rows(1);

          assertThat(rows).hasSize(10_000);
          List<Difference.DifferentRow> shown = Comparison.shown(rows);
          assertThat(shown).hasSize(5);
          assertThat(shown.get(0).row()).isEqualTo("session_no=1 name=1");
          assertThat(shown.get(0).live())
              .isEqualTo(
                  Map.of(
                      "session_no",
                      "1",
                      "name",
                      "1",
                      "head",
                      "a".repeat(200)
                          + "… (401 characters, SHA-256 "
                          + sha256("a".repeat(401))
                          + ")",
                      "tail",
                      "b".repeat(400)));
          return 0;
        });
  }

  @Test
  void sessions_of_any_number_are_walked() {
    on(
        TestDatabase.H2,
        connection -> {
          List<Long> numbers = List.of(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE - 1, Long.MAX_VALUE);
          for (long number : numbers) {
            live(connection, number, "a", "b");
          }
          AtomicInteger steps = new AtomicInteger();
          Runnable notForEver = () -> assertThat(steps.incrementAndGet()).isLessThan(10);
          assertThat(new Comparison(connection, "live", "rebuilt").all(notForEver))
              .containsExactlyElementsOf(numbers);
          assertThat(steps).as("none wider than another").hasValue(3);
          return 0;
        });
  }

  @Test
  void of_a_row_is_told_what_differs_and_no_half_of_a_character() {
    on(
        TestDatabase.H2,
        connection -> {
          String smile = "\uD83D\uDE00";
          live(connection, 1, "same", "a" + smile.repeat(201));
          rebuilt(connection, 1, "same", "b");
          rebuilt(connection, 2, "new", "c");
          Comparison comparison = new Comparison(connection, "live", "rebuilt");

          assertThat(Comparison.shown(comparison.rows(1)))
              .containsExactly(
                  new Difference.DifferentRow(
                      "session_no=1 name=1",
                      Map.of(
                          "tail",
                          "a"
                              + smile.repeat(199)
                              + "… (403 characters, SHA-256 "
                              + sha256("a" + smile.repeat(201))
                              + ")"),
                      Map.of("tail", "b")));
          assertThat(Comparison.shown(comparison.rows(2)))
              .singleElement()
              .satisfies(
                  row -> {
                    assertThat(row.live()).isNull();
                    assertThat(row.rebuilt()).containsEntry("head", "new").hasSize(4);
                  });
          return 0;
        });
  }

  @Test
  void a_table_without_a_key_is_said_to_have_none() {
    on(
        TestDatabase.H2,
        connection -> {
          Sql.update(connection, "CREATE TABLE keyless (session_no BIGINT)");
          assertThatThrownBy(() -> new Comparison(connection, "keyless", "rebuilt").rows(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("no primary key");
          return 0;
        });
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
