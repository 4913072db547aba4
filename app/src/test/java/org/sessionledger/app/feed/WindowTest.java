package org.sessionledger.app.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {

  private static FeedMessage message(long id, String key) {
    return new FeedMessage(id, key, 10, "e", () -> "d" + id);
  }

  private static Window window(long after, long upTo, long... ids) {
    return new Window(
        after, upTo, Arrays.stream(ids).mapToObj(id -> message(id, "k" + id)).toList());
  }

  private static List<Long> ids(Window.Chunk chunk) {
    return new String(chunk.bytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("id: "))
        .map(line -> Long.valueOf(line.substring(4)))
        .toList();
  }

  @Test
  void a_reader_gets_what_is_after_its_place_and_is_then_as_far_as_the_window() {
    Window window = window(10, 20, 12, 15, 19);
    assertThat(ids(window.chunk(10, null, 1_000))).containsExactly(12L, 15L, 19L);
    assertThat(ids(window.chunk(12, null, 1_000))).containsExactly(15L, 19L);
    assertThat(ids(window.chunk(13, null, 1_000))).containsExactly(15L, 19L);
    assertThat(window.chunk(13, null, 1_000).upTo()).isEqualTo(20);
    assertThat(window.chunk(19, null, 1_000).bytes()).isEmpty();
    assertThat(window.chunk(25, null, 1_000).upTo()).isEqualTo(25);
  }

  @Test
  void a_chunk_ends_before_it_is_too_long_but_has_one_message_at_least() {
    int one = message(12, "k").bytes().length;
    Window window = window(10, 20, 12, 15, 19);
    Window.Chunk two = window.chunk(10, null, 2 * one);
    assertThat(ids(two)).containsExactly(12L, 15L);
    assertThat(two.upTo()).isEqualTo(15);
    assertThat(ids(window.chunk(10, null, 1))).containsExactly(12L);
    assertThat(window.chunk(10, null, 1).upTo()).isEqualTo(12);
  }

  @Test
  void what_is_not_for_a_reader_moves_its_place_all_the_same() {
    Window window = window(10, 20, 12, 15, 19);
    assertThat(ids(window.chunk(10, "k1", 1_000))).containsExactly(12L, 15L, 19L);
    assertThat(ids(window.chunk(10, "k15", 1_000))).containsExactly(15L);
    Window.Chunk nothing = window.chunk(10, "x", 1_000);
    assertThat(nothing.bytes()).isEmpty();
    assertThat(nothing.upTo()).isEqualTo(20);
    Window keyless = new Window(10, 11, List.of(message(11, null)));
    assertThat(ids(keyless.chunk(10, null, 1_000))).containsExactly(11L);
    assertThat(ids(keyless.chunk(10, "k", 1_000))).isEmpty();
  }

  @Test
  void the_oldest_go_first_by_number_and_by_weight() {
    Window window = window(10, 13, 11, 12, 13);
    assertThat(window.with(window(13, 15, 14, 15), 10, 1_000).after()).isEqualTo(10);
    Window byNumber = window.with(window(13, 15, 14, 15), 3, 1_000);
    assertThat(byNumber.after()).isEqualTo(12);
    assertThat(byNumber.upTo()).isEqualTo(15);
    assertThat(ids(byNumber.chunk(12, null, 1_000))).containsExactly(13L, 14L, 15L);
    Window byWeight = window.with(window(13, 15, 14, 15), 10, 25);
    assertThat(byWeight.after()).isEqualTo(13);
    // One that is too heavy alone stays, or nobody would ever hear of it.
    assertThat(window.with(window(13, 15, 14, 15), 10, 5).after()).isEqualTo(14);
  }

  @Test
  void a_window_continues_a_place_that_is_not_before_it() {
    Window window = window(10, 20, 12);
    assertThat(window.continues(9)).isFalse();
    assertThat(window.continues(10)).isTrue();
    assertThat(window.continues(30)).isTrue();
  }
}
