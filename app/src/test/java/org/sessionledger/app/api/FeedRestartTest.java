package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;

/** Readers of live feeds, while servers end, start again, and stand beside each other. */
class FeedRestartTest {

  @TempDir Path folder;

  private static LedgerStorage storage(FreshDatabase database) {
    return database.place().startsWith("jdbc:")
        ? new LedgerStorage.Database(database.place(), "postgres", "postgres")
        : new LedgerStorage.Folder(Path.of(database.place()));
  }

  private static LedgerServer start(FreshDatabase database) {
    return LedgerServer.start(LedgerServer.Options.local(0, storage(database)));
  }

  private static EventStream changes(URI server, Long lastEventId) {
    return EventStream.open(server, "/v1/changes", lastEventId);
  }

  private static void run(URI server, String runId) {
    new Client(server)
        .accepted(
            """
            {"type":"StartRun","sessionKey":"k","sessionId":"s-1","runId":"%s"}"""
                .formatted(runId));
  }

  @OnBothDatabases
  void a_reader_goes_on_after_a_restart_where_it_was(Databases kind) {
    try (FreshDatabase database = kind.fresh(folder)) {
      List<Long> heard = new ArrayList<>();
      LedgerServer server = start(database);
      try (EventStream changes = changes(server.uri(), null);
          EventStream idle = EventStream.open(server.uri(), "/v1/decisions/changes", null)) {
        new Client(server.uri()).open("k", "s-1");
        run(server.uri(), "r-1");
        changes.next(2).forEach(message -> heard.add(message.id()));
        run(server.uri(), "r-2");

        long start = System.nanoTime();
        server.close();
        // Far less than the 30 seconds that it gives to requests under way.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(changes.end().clean()).isTrue();
        assertThat(idle.end().clean()).isTrue();
      }
      try (LedgerServer again = start(database)) {
        run(again.uri(), "r-3");
        try (EventStream changes = changes(again.uri(), heard.get(heard.size() - 1))) {
          changes.next(2).forEach(message -> heard.add(message.id()));
          run(again.uri(), "r-4");
          heard.add(changes.next().id());
        }
      }
      assertThat(heard).containsExactly(1L, 2L, 3L, 4L, 5L);
      database.awaitTheDead();
    }
  }

  @Test
  void at_another_node_a_reader_goes_on_and_hears_of_what_is_written_at_either() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        LedgerServer one = start(database);
        LedgerServer other = start(database)) {
      new Client(one.uri()).open("k", "s-1");
      long last = 1;
      for (int i = 0; i < 5; i++) {
        run(one.uri(), "a-" + i);
        // Of an id that the other node may not have heard of yet.
        try (EventStream first = changes(one.uri(), last)) {
          last = first.next().id();
        }
        try (EventStream second = changes(other.uri(), last)) {
          run(one.uri(), "b-" + i);
          run(other.uri(), "c-" + i);
          assertThat(second.next(2))
              .extracting(EventStream.Message::id)
              .containsExactly(last + 1, last + 2);
          last += 2;
        }
      }
      assertThat(last).isEqualTo(16);
      aRefusalAtOneIsToldAtTheOther(one.uri(), other.uri());
    }
  }

  /** Although no event follows it. */
  private static void aRefusalAtOneIsToldAtTheOther(URI one, URI other) {
    List<Long> millis = new ArrayList<>();
    try (EventStream refusals = EventStream.open(other, "/v1/decisions/changes", null)) {
      for (int i = 0; i < 11; i++) {
        long start = System.nanoTime();
        Client.Answer refused =
            new Client(one)
                .command(
                    "{\"type\":\"CompleteRun\",\"sessionKey\":\"n-" + i + "\",\"runId\":\"r\"}");
        EventStream.Message told = refusals.next();
        millis.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
        assertThat(told.id()).isEqualTo(i + 1);
        assertThat(told.data().path("decisionId").asText()).isEqualTo(refused.text("/decisionId"));
      }
    }
    // Told, and not found by the look every half second.
    assertThat(millis.stream().sorted().toList().get(5)).as("all: %s", millis).isLessThan(250);
  }
}
