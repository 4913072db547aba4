package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.open;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Senders;

/** Streams share what they read; each is to get every event once, and in order. */
class EventStreamsTest {

  /** Several pages. */
  private static final int EVENTS = 1_300;

  @TempDir Path folder;

  @OnBothDatabases
  void a_stream_that_begins_where_the_others_were_long_ago_gets_everything(Databases kind) {
    try (FreshDatabase database = kind.fresh(folder);
        Ledger ledger = database.open()) {
      openSessions(ledger);

      assertThat(read(ledger)).as("the first").isEqualTo(positions());
      assertThat(read(ledger)).as("after it").isEqualTo(positions());
    }
  }

  @OnBothDatabases
  void streams_side_by_side_get_everything_while_it_is_written(Databases kind) {
    try (FreshDatabase database = kind.fresh(folder);
        Ledger ledger = database.open()) {
      List<Supplier<List<Long>>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(() -> read(ledger));
      }
      all.add(
          () -> {
            openSessions(ledger);
            return positions();
          });

      assertThat(Senders.together(all)).containsOnly(positions());
    }
  }

  private static void openSessions(Ledger ledger) {
    LongStream.range(0, EVENTS)
        .mapToObj(i -> open("k" + i, "s-1").submitTo(ledger))
        .toList()
        .forEach(decision -> assertThat(decision).succeedsWithin(1, TimeUnit.MINUTES));
  }

  private static List<Long> positions() {
    return LongStream.rangeClosed(1, EVENTS).boxed().toList();
  }

  /** The positions that a stream from the beginning gives. */
  private static List<Long> read(Ledger ledger) {
    List<Long> read = new ArrayList<>();
    try (BlockingStream<TrackedEventMessage<?>> stream = ledger.events().openStream(null)) {
      while (read.size() < EVENTS && stream.hasNextAvailable(60, TimeUnit.SECONDS)) {
        read.add(stream.nextAvailable().trackingToken().position().orElseThrow());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return read;
  }
}
