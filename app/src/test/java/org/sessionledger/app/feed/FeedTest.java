package org.sessionledger.app.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slow readers, stuck ones, heartbeats and the end, over real sockets. */
class FeedTest {

  private static final FeedTimes CALM = new FeedTimes(Duration.ofMinutes(1), Duration.ofMinutes(1));

  @TempDir Path folder;

  private static void await(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  @Test
  void a_reader_that_takes_nothing_is_cut_off_and_goes_on_where_it_was() throws Exception {
    FeedTimes hasty = new FeedTimes(Duration.ofMinutes(1), Duration.ofMillis(300));
    try (TestFeed feed = new TestFeed(folder, hasty, 20_000, 64);
        TestFeed.Reader stuck = feed.reader("after=0");
        TestFeed.Reader other = feed.reader("after=0")) {
      stuck.next("retry");
      other.next("retry");
      await("both are in", () -> feed.feed().readers() == 2);
      feed.publish(2_000);
      long last = 0;
      while (last < 2_000) {
        assertThat(other.nextId()).isEqualTo(++last);
      }
      await("the stuck one is cut off", () -> feed.feed().readers() == 1);
      // What it had been sent before is there; then comes the end, and no message twice.
      long had = 0;
      try {
        for (String line = stuck.next("id: "); line != null; line = stuck.next("id: ")) {
          assertThat(line).isEqualTo("id: " + ++had);
        }
      } catch (java.io.IOException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      assertThat(had).isLessThan(2_000);
      // The last one may have been cut in the middle.
      long whole = Math.max(0, had - 1);
      try (TestFeed.Reader again = feed.reader("after=" + whole)) {
        for (long id = whole + 1; id <= 2_000; id++) {
          assertThat(again.nextId()).isEqualTo(id);
        }
      }
    }
  }

  @Test
  void a_reader_that_is_merely_behind_is_not_cut_off() throws Exception {
    FeedTimes hasty = new FeedTimes(Duration.ofMillis(50), Duration.ofMillis(300));
    try (TestFeed feed = new TestFeed(folder, hasty, 10, 64);
        TestFeed.Reader idle = feed.reader("after=0")) {
      for (int beat = 0; beat < 10; beat++) {
        assertThat(idle.next(": position")).isEqualTo(": position 0");
      }
      feed.publish(1);
      assertThat(idle.nextId()).isEqualTo(1);
      assertThat(idle.next(": position")).isEqualTo(": position 1");
    }
  }

  @Test
  void who_cannot_be_told_the_next_message_is_cut_off_and_nobody_else_is() throws Exception {
    try (TestFeed feed = new TestFeed(folder, CALM, 10, 64);
        TestFeed.Reader all = feed.reader("after=0");
        TestFeed.Reader some = feed.reader("after=0&prefix=k-7")) {
      feed.unreadable = 4;
      all.next("retry");
      some.next("retry");
      await("both are in", () -> feed.feed().readers() == 2);
      feed.publish(7);
      for (long id = 1; id < 4; id++) {
        assertThat(all.nextId()).isEqualTo(id);
      }
      assertThat(all.next("id: ")).as("the end of the stream").isNull();
      assertThat(some.nextId()).isEqualTo(7);
      assertThat(feed.feed().readers()).isEqualTo(1);
    }
  }

  @Test
  void a_heartbeat_tells_a_reader_with_a_prefix_how_far_it_is() throws Exception {
    FeedTimes beats = new FeedTimes(Duration.ofMillis(50), Duration.ofMinutes(1));
    try (TestFeed feed = new TestFeed(folder, beats, 10, 64);
        TestFeed.Reader some = feed.reader("after=0&prefix=k-7")) {
      some.next("retry");
      feed.publish(99);
      for (long id = 7; id < 99; id += 10) {
        assertThat(some.nextId()).isEqualTo(id);
      }
      String beat = some.next(": position");
      while (!beat.equals(": position 99")) {
        beat = some.next(": position");
      }
    }
  }

  @Test
  void who_falls_out_of_memory_is_served_from_the_database_and_comes_back() throws Exception {
    try (TestFeed feed = new TestFeed(folder, CALM, 2_000, 500);
        TestFeed.Reader slow = feed.reader("after=0");
        TestFeed.Reader fast = feed.reader("")) {
      slow.next("retry");
      fast.next("retry");
      await("both are in", () -> feed.feed().readers() == 2);
      // More than sockets and memory take: 40 MB.
      for (int i = 0; i < 40; i++) {
        feed.publish(500);
        for (int n = 1; n <= 500; n++) {
          assertThat(fast.nextId()).isEqualTo(i * 500L + n);
        }
      }
      assertThat(feed.feed().tail().messages().size()).isLessThanOrEqualTo(4_096);
      assertThat(feed.feed().tail().after()).isGreaterThan(10_000);
      for (long id = 1; id <= 20_000; id++) {
        assertThat(slow.nextId()).isEqualTo(id);
      }
      feed.publish(1);
      assertThat(slow.nextId()).isEqualTo(20_001);
      assertThat(fast.nextId()).isEqualTo(20_001);
    }
  }

  @Test
  void what_is_new_is_read_once_however_many_listen() throws Exception {
    try (TestFeed feed = new TestFeed(folder, CALM, 100, 64)) {
      List<TestFeed.Reader> readers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        readers.add(feed.reader(""));
        readers.get(i).next("retry");
      }
      for (int round = 1; round <= 5; round++) {
        feed.publish(1);
        for (TestFeed.Reader reader : readers) {
          assertThat(reader.nextId()).isEqualTo(round);
        }
      }
      assertThat(feed.reads()).isLessThanOrEqualTo(5);
      for (TestFeed.Reader reader : readers) {
        reader.close();
      }
    }
  }

  @Test
  void readers_that_left_are_forgotten_and_nothing_is_read_for_nobody() throws Exception {
    FeedTimes beats = new FeedTimes(Duration.ofMillis(20), Duration.ofMinutes(1));
    try (TestFeed feed = new TestFeed(folder, beats, 100, 64)) {
      for (int i = 0; i < 20; i++) {
        try (TestFeed.Reader reader = feed.reader("")) {
          reader.next(": position");
        }
      }
      await("all are forgotten", () -> feed.feed().readers() == 0);
      int before = feed.reads();
      feed.publish(100);
      try (TestFeed.Reader reader = feed.reader("")) {
        reader.next("retry");
        feed.publish(1);
        assertThat(reader.nextId()).isEqualTo(101);
      }
      assertThat(feed.reads() - before).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void the_end_ends_the_readers_that_take_something_and_breaks_the_others() throws Exception {
    TestFeed feed = new TestFeed(folder, CALM, 20_000, 64);
    try (TestFeed.Reader stuck = feed.reader("after=0");
        TestFeed.Reader idle = feed.reader("after=2000")) {
      idle.next("retry");
      stuck.next("retry");
      await("both are in", () -> feed.feed().readers() == 2);
      feed.publish(2_000);
      idle.close();
      try (TestFeed.Reader live = feed.reader("")) {
        live.next("retry");
        long start = System.nanoTime();
        feed.feed().close();
        assertThat(live.next("id")).isNull();
        await("nobody is left", () -> feed.feed().readers() == 0);
        assertThat(feed.isListenedTo()).as("the ledger keeps no feed that ended").isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      }
      try (TestFeed.Reader late = feed.reader("")) {
        assertThat(late.next("HTTP/1.1")).as("no reader after the end").contains("503");
      }
    } finally {
      feed.close();
    }
  }
}
