package org.sessionledger.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.projections.kit.TestDatabase;

/** Tokens are given, found and taken, on both databases. */
class TokensTest {

  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong();

  private Tokens tokens(HikariDataSource database) {
    return tokens(database, NOW);
  }

  private Tokens tokens(HikariDataSource database, Instant now) {
    return new Tokens(database, Clock.fixed(now, ZoneOffset.UTC), nanos::get);
  }

  private static NewToken wanted(Role role) {
    return new NewToken(role, null, null, null);
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void a_token_is_found_by_what_was_told_once_and_that_is_stored_nowhere(TestDatabase on)
      throws SQLException {
    try (HikariDataSource database = on.create()) {
      Tokens.Given given =
          tokens(database)
              .create(
                  new NewToken(Role.OPERATOR, "änn", "a:\ud83d\ude42", NOW.plusSeconds(9)), "bo");

      assertThat(given.secret()).matches("slt_[A-Za-z0-9_-]{43}[0-9a-f]{8}");
      assertThat(tokens(database).find(given.secret()))
          .contains(
              new Caller(
                  given.token().id(), "änn", Role.OPERATOR, "a:\ud83d\ude42", NOW.plusSeconds(9)));
      assertThat(tokens(database).all()).containsExactly(given.token());
      assertThat(dump(database)).contains("änn").doesNotContain(given.secret().substring(4, 47));
    }
  }

  private static String dump(HikariDataSource database) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM access_tokens")) {
      while (row.next()) {
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          all.append(row.getString(i)).append('|');
        }
      }
    }
    return all.toString();
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void a_revoked_token_is_no_good_at_once_here_and_after_two_seconds_on_another_node(
      TestDatabase on) {
    try (HikariDataSource database = on.create()) {
      Tokens here = tokens(database);
      Tokens there = tokens(database);
      Tokens.Given given = here.create(wanted(Role.READER), null);
      Caller caller = there.find(given.secret()).orElseThrow();
      assertThat(here.find(given.secret())).isPresent();

      assertThat(here.revoke(given.token().id()).orElseThrow().revokedAt()).isEqualTo(NOW);

      assertThat(here.find(given.secret())).isEmpty();
      assertThat(there.isGood(caller)).isFalse();
      assertThat(there.find(given.secret())).isPresent();
      nanos.addAndGet(Tokens.REMEMBERED.toNanos());
      assertThat(there.find(given.secret())).isEmpty();
      assertThat(here.revoke("no such one")).isEmpty();
    }
  }

  @Test
  void a_second_revocation_does_not_move_the_first() {
    try (HikariDataSource database = TestDatabase.H2.create()) {
      Tokens.Given given = tokens(database).create(wanted(Role.READER), null);
      tokens(database).revoke(given.token().id());
      assertThat(tokens(database, NOW.plusSeconds(60)).revoke(given.token().id()))
          .map(Token::revokedAt)
          .contains(NOW);
    }
  }

  @Test
  void an_expired_token_is_no_good_from_that_instant_on() {
    try (HikariDataSource database = TestDatabase.H2.create()) {
      Tokens.Given given =
          tokens(database).create(new NewToken(Role.ADMIN, null, null, NOW.plusSeconds(60)), null);
      assertThat(tokens(database, NOW.plusSeconds(59)).find(given.secret())).isPresent();
      Tokens later = tokens(database, NOW.plusSeconds(60));
      assertThat(later.find(given.secret())).isEmpty();
      assertThat(later.isGood(given.token().caller())).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void the_first_token_is_made_for_a_ledger_that_never_had_an_admin(TestDatabase on) {
    try (HikariDataSource database = on.create()) {
      tokens(database).create(wanted(Role.OPERATOR), null);
      Optional<Tokens.Given> first = tokens(database).createFirst("ann");
      assertThat(first).map(given -> given.token().role()).contains(Role.ADMIN);
      assertThat(tokens(database).createFirst("ann")).isEmpty();
      tokens(database).revoke(first.orElseThrow().token().id());
      assertThat(tokens(database).createFirst("ann")).isEmpty();
    }
  }

  @Test
  void of_two_nodes_that_start_at_once_one_makes_it() {
    try (HikariDataSource database = TestDatabase.H2.create()) {
      TokenTable table = TokenTable.in(database);
      Token first = new Token(Tokens.FIRST, "ann", Role.ADMIN, null, NOW, null, null, null);
      assertThat(table.insert(first, "a".repeat(64))).isTrue();
      assertThat(table.insert(first, "b".repeat(64))).isFalse();
    }
  }

  @Test
  void a_local_token_is_good_in_its_process_alone() {
    try (HikariDataSource database = TestDatabase.H2.create()) {
      Tokens here = tokens(database);
      String secret = here.createLocal("ann");
      Caller caller = here.find(secret).orElseThrow();
      assertThat(caller.name()).isEqualTo("ann");
      assertThat(here.isGood(caller)).isTrue();
      assertThat(tokens(database).find(secret)).isEmpty();
      assertThat(here.all()).isEmpty();
    }
  }

  @Test
  void what_was_never_a_token_is_refused_without_a_question_to_the_database() {
    HikariDataSource gone = TestDatabase.H2.create();
    gone.close();
    Tokens tokens = tokens(gone);
    String secret = TokenSecret.make();
    String last = secret.endsWith("0") ? "1" : "0";
    for (String other :
        new String[] {
          "",
          "slt_",
          secret.substring(0, secret.length() - 1),
          secret + "0",
          secret.substring(0, secret.length() - 1) + last,
          secret.toUpperCase(java.util.Locale.ROOT),
          "x" + secret.substring(1),
        }) {
      assertThat(tokens.find(other)).as(other).isEmpty();
    }
    assertThatThrownBy(() -> tokens.find(secret)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void no_two_tokens_are_the_same_and_none_gets_into_a_text() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String secret = TokenSecret.make();
      assertThat(TokenSecret.isOne(secret)).isTrue();
      assertThat(TokenSecret.strike("GET /v1/" + secret + "?x")).isEqualTo("GET /v1/slt_…?x");
      all.add(secret);
    }
    assertThat(all).hasSize(1_000);
  }

  @Test
  void names_and_prefixes_have_limits() {
    assertThat(new NewToken(Role.READER, "n".repeat(256), "p".repeat(512), null).name())
        .hasSize(256);
    assertThatThrownBy(() -> new NewToken(Role.READER, "n".repeat(257), null, null))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("256");
    assertThatThrownBy(() -> new NewToken(Role.READER, null, "p".repeat(513), null))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("512");
    assertThatThrownBy(() -> new NewToken(Role.READER, null, "a\u0000b", null))
        .isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new NewToken(Role.READER, "", null, null))
        .isInstanceOf(InvalidField.class);
  }

  @Test
  void a_prefix_and_what_is_asked_for_meet_in_the_longer_one() {
    Caller limited = new Caller("t", "n", Role.READER, "a:b", null);
    assertThat(limited.narrow(null)).isEqualTo("a:b");
    assertThat(limited.narrow("a")).isEqualTo("a:b");
    assertThat(limited.narrow("a:b:c")).isEqualTo("a:b:c");
    assertThat(limited.mayUseSomeOf("a:c")).isFalse();
    assertThatThrownBy(() -> limited.narrow("a:c")).isInstanceOf(IllegalArgumentException.class);
    assertThat(limited.mayUse((String) null)).isFalse();
    assertThat(limited.mayUse("a:b")).isTrue();
    assertThat(limited.mayUse("A:b")).isFalse();
    assertThat(Caller.ANYBODY.narrow("x")).isEqualTo("x");
    assertThat(Caller.ANYBODY.mayUse((String) null)).isTrue();
  }

  @Test
  void a_token_has_its_requests_a_second_and_others_have_theirs() {
    RateLimit limit = new RateLimit(5, nanos::get);
    Caller one = new Caller("1", "n", Role.READER, null, null);
    Caller other = new Caller("2", "n", Role.READER, null, null);
    for (int i = 0; i < 10; i++) {
      assertThat(limit.admits(one)).isTrue();
    }
    assertThat(limit.admits(one)).isFalse();
    assertThat(limit.admits(other)).isTrue();
    nanos.addAndGet(200_000_000);
    assertThat(limit.admits(one)).isTrue();
    assertThat(limit.admits(one)).isFalse();
    assertThat(new RateLimit(0, nanos::get).admits(one)).isTrue();
  }

  @Test
  void however_many_names_there_are_so_many_are_counted() {
    RateLimit limit = new RateLimit(1, nanos::get);
    for (int i = 0; i < RateLimit.BUCKETS_MAX + 10; i++) {
      limit.admits(new Caller(Caller.JWT, "n" + i, Role.READER, null, null));
    }
    assertThat(limit.size()).isEqualTo(RateLimit.BUCKETS_MAX);
  }
}
