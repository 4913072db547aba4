package org.sessionledger.app.openclaw.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class InboxTest {

  private final List<String> again = new ArrayList<>();

  private static Inbox inbox(int frames, long chars) {
    return new Inbox(new FollowOptions.Limits(1_000, frames, chars, 1));
  }

  private static Inbox.Text text(String text) {
    return new Inbox.Text(text, 1, 1);
  }

  private List<Inbox.Message> take(Inbox inbox) throws Exception {
    return inbox.take(0, () -> again.add("more"));
  }

  @Test
  void a_full_inbox_asks_for_no_more_until_something_was_taken() throws Exception {
    Inbox inbox = inbox(2, 1_000);
    assertThat(inbox.put(text("a"))).isTrue();
    assertThat(inbox.put(text("b"))).isFalse();
    assertThat(inbox.silentNanos()).isZero();
    assertThat(take(inbox)).hasSize(2);
    assertThat(again).hasSize(1);
    assertThat(take(inbox)).isEmpty();
    assertThat(again).hasSize(1);
  }

  @Test
  void long_frames_fill_it_sooner_and_a_batch_is_bounded() throws Exception {
    Inbox inbox = inbox(10_000, 1_000);
    assertThat(inbox.put(text("x".repeat(999)))).isTrue();
    assertThat(inbox.put(text("x"))).isFalse();
    take(inbox);
    assertThat(again).isEmpty(); // What was handed out is still held.
    assertThat(take(inbox)).isEmpty();
    assertThat(again).hasSize(1);
    for (int i = 0; i < 600; i++) {
      assertThat(inbox.put(text(""))).isTrue();
    }
    assertThat(take(inbox)).hasSize(500);
    assertThat(take(inbox)).hasSize(100);
  }

  @Test
  void no_more_is_handed_out_together_than_a_few_million_characters() throws Exception {
    Inbox inbox = inbox(10, 100 << 20);
    for (int mebi : new int[] {3, 2, 6, 1}) {
      inbox.put(text("x".repeat(mebi << 20)));
    }
    assertThat(take(inbox)).hasSize(1);
    assertThat(take(inbox)).hasSize(1);
    assertThat(take(inbox)).hasSize(1);
    assertThat(take(inbox)).hasSize(1);
  }

  @Test
  void what_came_before_the_end_is_handed_out_first_and_the_first_end_counts() throws Exception {
    Inbox inbox = inbox(10, 1_000);
    inbox.put(text("a"));
    inbox.end(new ConnectionLost(1_009, "first"));
    inbox.end(new ConnectionLost(1_000, "second"));
    assertThat(take(inbox)).hasSize(1);
    assertThatThrownBy(() -> take(inbox)).isInstanceOf(ConnectionLost.class).hasMessage("first");
  }

  @Test
  void pauses_double_are_spread_by_half_and_honour_what_was_asked() {
    BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofMillis(400), new Random(7));
    for (long whole : new long[] {100, 200, 400, 400}) {
      assertThat(backOff.nextMillis(0)).isBetween(whole / 2, whole);
    }
    assertThat(backOff.nextMillis(5_000)).isEqualTo(5_000);
    assertThat(backOff.nextMillis(Long.MAX_VALUE)).isEqualTo(60_000);
    assertThat(backOff.nextMillis(-1)).isBetween(200L, 400L);
    backOff.reset();
    assertThat(backOff.nextMillis(0)).isBetween(50L, 100L);
  }

  @Test
  void a_percentile_is_at_most_a_tenth_too_much() {
    Latencies latencies = new Latencies();
    assertThat(latencies.percentile(0.99)).isZero();
    for (int i = 1; i <= 1_000; i++) {
      latencies.note(i * 1_000_000L);
    }
    assertThat(latencies.percentile(0.5)).isBetween(500.0, 550.0);
    assertThat(latencies.percentile(0.99)).isBetween(990.0, 1_090.0);
  }
}
