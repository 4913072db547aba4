package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.projections.kit.RebuildReport.Mode;
import org.sessionledger.projections.kit.RebuildReport.State;

/** Who may rebuild, and for how long. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RebuildRowsTest {

  private static final String VIEW = "counting";
  private static final RebuildReport BEGUN = Rebuild.begun(VIEW, Mode.SWITCH, Instant.EPOCH);

  private static void on(TestDatabase database, BiConsumer<DataSource, RebuildRows> test) {
    try (HikariDataSource dataSource = database.create()) {
      Migrations.ofKit(dataSource);
      test.accept(dataSource, new RebuildRows(dataSource));
    }
  }

  private static void claimsRunOut(DataSource dataSource) {
    Sql.query(
        dataSource,
        connection ->
            Sql.update(
                connection,
                "UPDATE view_rebuilds SET claimed_until ="
                    + " CURRENT_TIMESTAMP - INTERVAL '1' SECOND"));
  }

  private static boolean end(DataSource dataSource, RebuildRows rows, String owner) {
    return Sql.transaction(dataSource, connection -> rows.end(connection, VIEW, owner, BEGUN));
  }

  @ParameterizedTest
  @EnumSource
  void the_same_view_is_not_begun_twice(TestDatabase database) {
    on(
        database,
        (dataSource, rows) -> {
          rows.begin(VIEW, "one", BEGUN);

          assertThatThrownBy(() -> rows.begin(VIEW, "other", BEGUN))
              .isInstanceOf(RebuildUnderWay.class);

          assertThat(rows.goesOn(VIEW, "other", BEGUN)).isFalse();
          assertThat(rows.goesOn(VIEW, "one", BEGUN)).isTrue();
        });
  }

  /** An embedded database has one node, which begins one after the other. */
  @Test
  void of_two_that_begin_at_once_one_hears_of_the_other() {
    on(
        TestDatabase.POSTGRESQL,
        (dataSource, rows) -> {
          CompletableFuture<Void> second =
              Sql.transaction(
                  dataSource,
                  first -> {
                    Sql.update(
                        first,
                        """
                        INSERT INTO view_rebuilds
                          (processor_name, running, owner, claimed_until, cancelled, report)
                        VALUES ('other', 1, 'one', CURRENT_TIMESTAMP + INTERVAL '1' DAY, 0, '{}')
                        """);
                    CompletableFuture<Void> begins =
                        CompletableFuture.runAsync(() -> rows.begin(VIEW, "two", BEGUN));
                    Await.until(
                        "it waits", () -> TestDatabase.POSTGRESQL.somebodyWaits(dataSource));
                    return begins;
                  });

          assertThatThrownBy(second::join)
              .hasCauseInstanceOf(RebuildUnderWay.class)
              .hasMessageContaining("other");
        });
  }

  @ParameterizedTest
  @EnumSource
  void who_says_that_it_goes_on_is_not_taken_for_dead(TestDatabase database) {
    on(
        database,
        (dataSource, rows) -> {
          rows.begin(VIEW, "one", BEGUN);
          claimsRunOut(dataSource);
          assertThat(rows.goesOn(VIEW, "one", BEGUN)).isTrue();

          rows.endThoseOfTheDead();

          assertThat(rows.find(VIEW)).hasValue(BEGUN);
          assertThat(rows.goesOn(VIEW, "one", BEGUN)).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void who_was_taken_for_dead_has_nothing_to_say(TestDatabase database) {
    on(
        database,
        (dataSource, rows) -> {
          rows.begin(VIEW, "dead", BEGUN);
          claimsRunOut(dataSource);
          rows.endThoseOfTheDead();

          assertThat(rows.goesOn(VIEW, "dead", BEGUN)).isFalse();
          assertThat(end(dataSource, rows, "dead")).isFalse();
          assertThat(rows.find(VIEW).orElseThrow().state()).isEqualTo(State.FAILED);
          assertThat(rows.cancel(VIEW)).as("there is nothing to cancel").isFalse();
          rows.begin(VIEW, "next", BEGUN);
          assertThat(end(dataSource, rows, "dead")).isFalse();
          assertThat(rows.goesOn(VIEW, "next", BEGUN)).isTrue();
        });
  }
}
