package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How slowly a body may come. */
class TimedBodyTest {

  private final AtomicLong nanos = new AtomicLong();

  /** Endless, some bytes at a time, each time after a pause. */
  private TimedBody body(int bytes, Duration pause) {
    return new TimedBody(
        new InputStream() {
          @Override
          public int read() {
            nanos.addAndGet(pause.toNanos());
            return 'x';
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            nanos.addAndGet(pause.toNanos());
            return Math.min(bytes, length);
          }
        },
        nanos::get);
  }

  @Test
  void a_byte_now_and_then_ends_after_half_a_minute() throws IOException {
    TimedBody body = body(1, Duration.ofSeconds(10));
    for (int i = 0; i < 3; i++) {
      assertThat(body.read(new byte[100])).isEqualTo(1);
    }
    assertThatThrownBy(() -> body.read(new byte[100]))
        .isInstanceOfSatisfying(
            ApiProblem.class, problem -> assertThat(problem.status()).isEqualTo(408));
    assertThatThrownBy(body::read).isInstanceOf(ApiProblem.class);
  }

  @Test
  void a_long_body_on_a_slow_line_has_the_time_that_it_needs() throws IOException {
    TimedBody body = body(TimedBody.BYTES_A_SECOND, Duration.ofSeconds(1));
    byte[] into = new byte[TimedBody.BYTES_A_SECOND];
    for (int i = 0; i < 1_024; i++) {
      assertThat(body.read(into)).isEqualTo(into.length);
    }
  }
}
