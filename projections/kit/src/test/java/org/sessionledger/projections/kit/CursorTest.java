package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.identity.InvalidField;

class CursorTest {

  @Test
  void a_place_comes_back_as_it_was_named() {
    assertThat(Cursor.parse(Cursor.of(12, 0), 0L, 0L)).containsExactly(12L, 0L);
    assertThat(Cursor.parse(null, Long.MAX_VALUE)).containsExactly(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "1", "1.2.3", "-1.2", "1.-2", "a.b", "1.99999999999999999999"})
  void a_place_that_no_list_named_is_refused(String cursor) {
    assertThatThrownBy(() -> Cursor.parse(cursor, 0L, 0L))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'cursor'");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void a_page_has_1_to_1000_items(int limit) {
    assertThat(Page.requireLimit(1)).isEqualTo(1);
    assertThat(Page.requireLimit(1_000)).isEqualTo(1_000);
    assertThatThrownBy(() -> Page.requireLimit(limit))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'limit'");
  }
}
