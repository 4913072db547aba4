package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerBusy;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.HeadLock;

/** What clients hear of a database that does not get on: another transaction holds the head. */
class BackPressureTest extends ServerTest {

  private static final int PATIENCE_SECONDS = 30;

  private static final String LONG = "m".repeat(65_536);

  private EmbeddedPostgres postgres;

  @Override
  LedgerStorage storage(Path folder) {
    try {
      postgres = EmbeddedPostgres.start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new LedgerStorage.Database(
        postgres.getJdbcUrl("postgres", "postgres"), "postgres", null);
  }

  @AfterAll
  void stopPostgres() throws IOException {
    postgres.close();
  }

  @Test
  void while_nothing_is_written_callers_hear_503_and_all_that_was_taken_is_decided_afterwards()
      throws Exception {
    String key = freshKey();
    client.open(key, "s-1");
    long before = client.stats().path("arrivals").asLong();
    CompletableFuture<Client.Answer> waiting;
    List<CompletableFuture<Decision>> taken = new ArrayList<>();
    List<JsonNode> refused;
    try (HeadLock held = HeadLock.on(postgres.getPostgresDatabase())) {
      waiting = CompletableFuture.supplyAsync(() -> client.batch(runs(key)));
      awaitWriterThatWaits();
      // Until not one more of this length finds room; many short ones still would.
      assertThatThrownBy(
              () -> {
                while (taken.size() < 1_000) {
                  taken.add(server.bean(Ledger.class).submit(longOne(key)));
                }
              })
          .isInstanceOf(LedgerBusy.class);
      CompletableFuture<Client.Answer> single =
          CompletableFuture.supplyAsync(() -> client.command(failure(key, LONG)));
      CompletableFuture<Client.Answer> batch =
          CompletableFuture.supplyAsync(
              () ->
                  client.batch(
                      Stream.concat(
                              Stream.of(failure(key, LONG)),
                              IntStream.range(1, CommandBody.BATCH_LINES_MAX)
                                  .mapToObj(i -> failure(key, "short")))
                          .toArray(String[]::new)));

      Client.Answer busy = single.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      problem(busy, 503, "unavailable");
      assertThat(busy.header("Retry-After")).isEqualTo("1");
      // Nothing of it waits, and no line waited anew.
      refused = batch.get(PATIENCE_SECONDS, TimeUnit.SECONDS).lines();
      assertThat(client.stats().path("arrivals").asLong()).isEqualTo(before);
      assertThat(waiting).isNotDone();
      assertThat(taken).noneMatch(CompletableFuture::isDone);
    }
    assertThat(refused).hasSize(CommandBody.BATCH_LINES_MAX).allMatch(BackPressureTest::isBusy);
    assertThat(taken).allMatch(decision -> decision.join().verdict() == Verdict.REJECTED);
    List<JsonNode> decided = waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS).lines();
    assertThat(decided).hasSize(runs(key).length);
    assertThat(decided).allMatch(line -> line.path("verdict").asText().equals("accepted"));
    assertThat(client.stats().path("arrivals").asLong())
        .isEqualTo(before + decided.size() + taken.size());
    // What was answered gave its room back.
    assertThat(client.command(failure(key, LONG)).status()).isEqualTo(409);
  }

  /** One after the other: decided in another order, none of them would be accepted. */
  private static String[] runs(String key) {
    return IntStream.range(0, 100)
        .mapToObj(i -> List.of(line("StartRun", key, "r-" + i), line("CompleteRun", key, "r-" + i)))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  private static boolean isBusy(JsonNode line) {
    return line.path("type").asText().equals("urn:session-ledger:unavailable")
        && line.path("status").asInt() == 503
        && line.path("retryAfterSeconds").asInt() == 1;
  }

  private static Incoming longOne(String key) {
    return CommandJson.readLine(failure(key, LONG), Ledger::newCommandId);
  }

  private static String failure(String key, String message) {
    return """
        {"type":"FailRun","sessionKey":"%s","sessionId":"s-1","runId":"nobody","errorMessage":"%s"}"""
        .formatted(key, message);
  }

  private static String line(String type, String key, String runId) {
    return Json.write(
        Json.mapper()
            .createObjectNode()
            .put("type", type)
            .put("sessionKey", key)
            .put("sessionId", "s-1")
            .put("runId", runId));
  }

  /** The first of the batch is taken: the ledger's writer waits for the head. */
  private void awaitWriterThatWaits() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      while (!waits(statement)) {
        assertThat(System.nanoTime()).as("the writer waits").isLessThan(deadline);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  private static boolean waits(Statement statement) throws Exception {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
      row.next();
      return row.getInt(1) > 0;
    }
  }
}
