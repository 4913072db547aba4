package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IsoInstantsTest {

  @Test
  void seed_41_any_instant_is_written_as_the_platform_writes_it() {
    Random random = new Random(41);
    int[] units = {1, 1_000, 1_000_000, 1_000_000_000};
    for (int i = 0; i < 20_000; i++) {
      long second = random.nextLong(-70_000_000_000L, 260_000_000_000L);
      int unit = units[random.nextInt(units.length)];
      Instant instant = Instant.ofEpochSecond(second, random.nextInt(1_000_000_000) / unit * unit);
      assertThat(IsoInstants.text(instant)).isEqualTo(instant.toString());
    }
  }

  @Test
  void years_of_more_or_fewer_than_four_digits_too() {
    for (Instant instant : new Instant[] {Instant.MIN, Instant.MAX, Instant.EPOCH}) {
      assertThat(IsoInstants.text(instant)).isEqualTo(instant.toString());
    }
    assertThat(Json.write(Instant.parse("2026-05-31T09:00:00.000001Z")))
        .isEqualTo("\"2026-05-31T09:00:00.000001Z\"");
  }
}
