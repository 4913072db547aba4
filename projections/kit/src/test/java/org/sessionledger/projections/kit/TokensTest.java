package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.ReplayToken;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.tokenstore.UnableToClaimTokenException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokensTest {

  private static final String VIEW = "counting";

  /** Two nodes on one database. */
  private static final class Nodes implements AutoCloseable {

    final HikariDataSource dataSource;
    final ViewTransactions transactions;
    final Tokens here;
    final Tokens there;

    Nodes(TestDatabase database) {
      dataSource = database.create();
      Migrations.ofKit(dataSource);
      transactions = new ViewTransactions(dataSource);
      here = new Tokens(dataSource, transactions, "here");
      there = new Tokens(dataSource, transactions, "there");
      here.prepare(VIEW, at(0));
    }

    <T> T in(Tokens tokens, Function<Tokens, T> work) {
      return transactions.fetchInTransaction(() -> work.apply(tokens));
    }

    long claim(Tokens tokens) {
      return in(tokens, store -> store.fetchToken(VIEW, 0)).position().orElseThrow();
    }

    void store(Tokens tokens, long position) {
      transactions.executeInTransaction(() -> tokens.storeToken(at(position), VIEW, 0));
    }

    boolean isAvailable(Tokens tokens) {
      return !in(tokens, store -> store.fetchAvailableSegments(VIEW)).isEmpty();
    }

    void claimEnds(String when) {
      update("UPDATE view_tokens SET claimed_until = CURRENT_TIMESTAMP " + when);
    }

    void update(String sql) {
      assertThat(Sql.<Integer>query(dataSource, connection -> Sql.update(connection, sql)))
          .isEqualTo(1);
    }

    @Override
    public void close() {
      dataSource.close();
    }
  }

  private static TrackingToken at(long position) {
    return new GlobalSequenceTrackingToken(position);
  }

  @ParameterizedTest
  @EnumSource
  void a_view_that_a_node_has_no_other_can_take(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      assertThat(nodes.isAvailable(nodes.there)).isTrue();
      nodes.claim(nodes.here);
      nodes.store(nodes.here, 7);

      assertThat(nodes.isAvailable(nodes.there)).isFalse();
      assertThatThrownBy(() -> nodes.claim(nodes.there))
          .isInstanceOf(UnableToClaimTokenException.class);
      assertThat(nodes.isAvailable(nodes.here)).isTrue();
      assertThat(nodes.claim(nodes.here)).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_that_went_back_is_moved_only_by_who_has_looked_where_it_is(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);
      nodes.store(nodes.here, 7);
      // As an embedded database does whose file failed.
      nodes.update("UPDATE view_tokens SET position = 3");

      assertThatThrownBy(() -> nodes.store(nodes.here, 8))
          .isInstanceOf(UnableToClaimTokenException.class);
      assertThatThrownBy(
              () -> nodes.transactions.executeInTransaction(() -> nodes.here.extendClaim(VIEW, 0)))
          .isInstanceOf(UnableToClaimTokenException.class);
      assertThat(nodes.claim(nodes.here)).isEqualTo(3);
      nodes.store(nodes.here, 4);
      assertThat(nodes.claim(nodes.here)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_ends_unless_its_node_extends_it_or_moves_the_token(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);

      nodes.claimEnds("- INTERVAL '1' SECOND");
      nodes.transactions.executeInTransaction(() -> nodes.here.extendClaim(VIEW, 0));
      assertThat(nodes.isAvailable(nodes.there)).isFalse();

      nodes.claimEnds("- INTERVAL '1' SECOND");
      nodes.store(nodes.here, 8);
      assertThat(nodes.isAvailable(nodes.there)).isFalse();

      nodes.claimEnds("- INTERVAL '1' SECOND");
      assertThat(nodes.isAvailable(nodes.there)).isTrue();
      assertThat(nodes.claim(nodes.there)).isEqualTo(8);
    }
  }

  /** Axon extends claims on a thread of its own, while a batch takes its time. */
  @ParameterizedTest
  @EnumSource
  void a_claim_is_extended_while_a_batch_is_about_to_move_the_token(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);
      CompletableFuture<Void> extended =
          nodes.transactions.fetchInTransaction(
              () -> {
                nodes.here.storeToken(at(7), VIEW, 0);
                CompletableFuture<Void> extending =
                    CompletableFuture.runAsync(
                        () ->
                            nodes.transactions.executeInTransaction(
                                () -> nodes.here.extendClaim(VIEW, 0)));
                while (!extending.isDone() && !database.somebodyWaits(nodes.dataSource)) {
                  Thread.onSpinWait();
                }
                return extending;
              });
      assertThat(extended).succeedsWithin(Duration.ofSeconds(30));
      assertThat(nodes.claim(nodes.here)).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_that_is_given_up_is_free_at_once(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);
      nodes.transactions.executeInTransaction(() -> nodes.there.releaseClaim(VIEW, 0));
      assertThat(nodes.isAvailable(nodes.there)).as("nobody gives up another's claim").isFalse();

      nodes.transactions.executeInTransaction(() -> nodes.here.releaseClaim(VIEW, 0));
      assertThat(nodes.claim(nodes.there)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_lost_its_claim_moves_neither_token_nor_rows(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      Sql.query(
          nodes.dataSource,
          connection -> Sql.update(connection, "CREATE TABLE seen (position BIGINT)"));
      nodes.claim(nodes.here);
      nodes.claimEnds("- INTERVAL '1' SECOND");
      nodes.claim(nodes.there);

      assertThatThrownBy(
              () ->
                  nodes.transactions.executeInTransaction(
                      () -> {
                        insertSeen(nodes.transactions.connection());
                        nodes.here.storeToken(at(9), VIEW, 0);
                      }))
          .isInstanceOf(UnableToClaimTokenException.class);
      assertThatThrownBy(
              () -> nodes.transactions.executeInTransaction(() -> nodes.here.extendClaim(VIEW, 0)))
          .isInstanceOf(UnableToClaimTokenException.class);

      assertThat(seen(nodes)).isEmpty();
      assertThat(nodes.claim(nodes.there)).isZero();
    }
  }

  private static List<Long> seen(Nodes nodes) {
    return Sql.query(
        nodes.dataSource,
        connection ->
            Sql.list(connection, row -> row.getLong("position"), "SELECT position FROM seen"));
  }

  private static void insertSeen(Connection connection) {
    try {
      Sql.update(connection, "INSERT INTO seen VALUES (9)");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_is_a_position_and_nothing_else(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);
      assertThatThrownBy(
              () ->
                  nodes.transactions.executeInTransaction(
                      () -> nodes.here.storeToken(ReplayToken.createReplayToken(at(9)), VIEW, 0)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () ->
                  nodes.transactions.executeInTransaction(
                      () -> nodes.here.initializeTokenSegments("split", 2, at(0))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_tokens_that_axon_wrote_before_are_kept(TestDatabase database) {
    try (HikariDataSource dataSource = database.create()) {
      Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(dataSource)
          .locations("classpath:db/views")
          .table("view_kit_history")
          .placeholders(Map.of("token", "token"))
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .target("1")
          .load()
          .migrate();
      for (long position : List.of(0L, 7L, 1_234_567L)) {
        Sql.query(
            dataSource,
            connection -> {
              try (var insert =
                  connection.prepareStatement(
                      "INSERT INTO view_tokens (processor_name, segment, token, token_type)"
                          + " VALUES (?, 0, ?, ?)")) {
                insert.setString(1, "view" + position);
                insert.setBytes(
                    2, ("{\"globalIndex\":" + position + "}").getBytes(StandardCharsets.UTF_8));
                insert.setString(3, GlobalSequenceTrackingToken.class.getName());
                return insert.executeUpdate();
              }
            });
      }
      Migrations.ofKit(dataSource);

      Tokens tokens = new Tokens(dataSource, new ViewTransactions(dataSource), "here");
      assertThat(tokens.positions())
          .isEqualTo(Map.of("view0", 0L, "view7", 7L, "view1234567", 1_234_567L));
    }
  }

  @ParameterizedTest
  @EnumSource
  void who_lost_its_claim_does_not_wait_for_who_has_it(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      nodes.claim(nodes.here);
      nodes.claimEnds("- INTERVAL '1' SECOND");
      nodes.claim(nodes.there);
      nodes.transactions.executeInTransaction(
          () -> {
            nodes.there.storeToken(at(1), VIEW, 0);
            CompletableFuture<Void> extended =
                CompletableFuture.runAsync(
                    () ->
                        nodes.transactions.executeInTransaction(
                            () -> nodes.here.extendClaim(VIEW, 0)));
            assertThat(extended)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(UnableToClaimTokenException.class);
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_that_cannot_be_made_is_not_passed_over(TestDatabase database) {
    try (Nodes nodes = new Nodes(database)) {
      TrackingToken other = GapAwareTrackingToken.newInstance(0, Set.of());
      assertThatThrownBy(() -> nodes.here.prepare("other", other))
          .isInstanceOf(IllegalArgumentException.class);
      nodes.here.prepare(VIEW, other);
    }
  }
}
