package org.sessionledger.app.feed;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;

/** What one reader is given and when it is let go, by a clock of the test's own. */
class FeedReaderTest {

  private static final FeedTimes TIMES =
      new FeedTimes(Duration.ofSeconds(15), Duration.ofSeconds(10));

  private static final Window NOTHING = Window.emptyAt(0);

  /** A connection that takes something or not, and may be broken. */
  private static final class Wire extends ServletOutputStream {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean ready = true;
    boolean broken;
    int flushed;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(int one) throws IOException {
      if (broken) {
        throw new IOException("broken");
      }
      bytes.write(one);
    }

    @Override
    public void flush() {
      flushed = bytes.size();
    }

    /** What came since it was asked last. */
    String taken() {
      assertThat(flushed).as("nothing lies about").isEqualTo(bytes.size());
      String taken = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      flushed = 0;
      return taken;
    }
  }

  private final Wire wire = new Wire();
  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger hungUp = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private boolean endedAlready;

  private final MockAsyncContext async =
      new MockAsyncContext(new MockHttpServletRequest(), null) {
        @Override
        public void complete() {
          completed.incrementAndGet();
          if (endedAlready) {
            throw new IllegalStateException("it has ended already");
          }
        }
      };

  private final FeedReader reader =
      new FeedReader(async, wire, hungUp::incrementAndGet, 0, null, TIMES, left::incrementAndGet);

  private long now = System.nanoTime();

  private void serve(Window window) {
    reader.serve(new Chunks(window), now);
  }

  private void later(Duration time) {
    now += time.toNanos();
  }

  /** The web server is ready for it, and it has had its first lines. */
  private void begin() {
    reader.onWritePossible();
    serve(NOTHING);
    assertThat(wire.taken()).isEqualTo("retry: 1000\n: position 0\n\n");
  }

  private static Window messages(int count, int length) {
    return new Window(
        0,
        count,
        LongStream.rangeClosed(1, count)
            .mapToObj(id -> new FeedMessage(id, "k", length, "e", () -> "x".repeat(length)))
            .toList());
  }

  private static List<Long> ids(String taken) {
    return taken
        .lines()
        .filter(line -> line.startsWith("id: "))
        .map(line -> Long.valueOf(line.substring(4)))
        .toList();
  }

  @Test
  void nothing_is_written_before_the_web_server_says_that_it_may() {
    serve(messages(1, 1));
    assertThat(wire.taken()).isEmpty();
    assertThat(reader.isWaitingFor(messages(1, 1))).isFalse();

    reader.onWritePossible();
    serve(messages(1, 1));
    assertThat(wire.taken()).isEqualTo("retry: 1000\n: position 0\n\nid: 1\nevent: e\ndata: x\n\n");
  }

  @Test
  void who_has_much_to_hear_has_a_few_chunks_and_then_the_next_ones_turn_comes() {
    begin();
    Window much = messages(20, 30_000);

    serve(much);
    assertThat(ids(wire.taken())).containsExactly(1L, 2L, 3L, 4L);
    assertThat(reader.position()).isEqualTo(4);
    assertThat(reader.isWaitingFor(much)).isTrue();
    assertThat(reader.isWaitingFor(messages(4, 1))).isFalse();

    serve(much);
    assertThat(ids(wire.taken())).containsExactly(5L, 6L, 7L, 8L);
  }

  @Test
  void a_heartbeat_comes_each_time_it_is_due_and_no_sooner() {
    begin();
    later(TIMES.beat());
    serve(NOTHING);
    assertThat(wire.taken()).isEqualTo(": position 0\n\n");

    later(TIMES.beat().minusNanos(1));
    serve(NOTHING);
    assertThat(wire.taken()).isEmpty();
    later(Duration.ofNanos(1));
    serve(NOTHING);
    assertThat(wire.taken()).isEqualTo(": position 0\n\n");
  }

  @Test
  void who_takes_nothing_is_cut_off_when_patience_ends_and_only_once() {
    begin();
    later(Duration.ofHours(1));
    assertThat(reader.cutWhenStuck(now)).as("there was nothing to take").isFalse();
    wire.ready = false;
    serve(messages(1, 1));

    later(TIMES.patience().minusNanos(1));
    assertThat(reader.cutWhenStuck(now)).isFalse();
    assertThat(left).hasValue(0);
    later(Duration.ofNanos(1));
    assertThat(reader.cutWhenStuck(now)).isTrue();
    assertThat(reader.isGone()).isTrue();
    assertThat(left).hasValue(1);
    assertThat(hungUp).hasValue(1);

    // The connection may be another request's by now.
    assertThat(reader.cutWhenStuck(now)).isFalse();
    reader.end();
    assertThat(hungUp).hasValue(1);
    assertThat(completed).hasValue(0);
  }

  @Test
  void who_takes_something_again_is_not_cut_off() {
    begin();
    wire.ready = false;
    serve(messages(1, 1));
    later(TIMES.patience());
    wire.ready = true;
    reader.onWritePossible();

    assertThat(reader.cutWhenStuck(now)).isFalse();
    serve(messages(1, 1));
    assertThat(ids(wire.taken())).containsExactly(1L);
  }

  @Test
  void however_often_it_is_told_a_reader_leaves_once() {
    begin();
    AsyncEvent event = new AsyncEvent(async);
    reader.onError(new IOException("broken"));
    assertThat(left).hasValue(1);
    reader.onError(event);
    reader.onTimeout(event);
    reader.onComplete(event);
    assertThat(left).hasValue(1);

    serve(messages(1, 1));
    assertThat(wire.taken()).isEmpty();
    assertThat(reader.isWaitingFor(messages(1, 1))).isFalse();
  }

  @Test
  void each_way_to_go_is_one() {
    FeedReader errs = another();
    errs.onError(new AsyncEvent(async));
    assertThat(errs.isGone()).isTrue();
    assertThat(completed).as("whoever had the error has not ended it").hasValue(1);
    FeedReader completes = another();
    completes.onComplete(new AsyncEvent(async));
    assertThat(completes.isGone()).isTrue();
    assertThat(left).hasValue(2);
  }

  private FeedReader another() {
    return new FeedReader(
        async, wire, hungUp::incrementAndGet, 0, null, TIMES, left::incrementAndGet);
  }

  @Test
  void a_connection_that_breaks_is_left() {
    begin();
    wire.broken = true;
    serve(messages(1, 1));
    assertThat(reader.isGone()).isTrue();
    assertThat(left).hasValue(1);
  }

  @Test
  void the_end_is_clean_for_who_takes_it_and_a_break_for_who_does_not() {
    begin();
    reader.end();
    assertThat(completed).hasValue(1);
    assertThat(hungUp).hasValue(0);
    reader.end();
    assertThat(completed).hasValue(1);

    FeedReader stuck = another();
    stuck.end();
    assertThat(completed).hasValue(1);
    assertThat(hungUp).hasValue(1);

    endedAlready = true;
    FeedReader over = another();
    over.onWritePossible();
    over.end();
    assertThat(over.isGone()).isTrue();
  }
}
