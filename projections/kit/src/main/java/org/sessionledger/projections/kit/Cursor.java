package org.sessionledger.projections.kit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;

/** A place in a list, as the text that a client hands back. */
public final class Cursor {

  private Cursor() {}

  /** Names a place by numbers. */
  public static String of(long... numbers) {
    StringBuilder text = new StringBuilder();
    for (long number : numbers) {
      text.append(text.isEmpty() ? "" : ".").append(number);
    }
    return text.toString();
  }

  /**
   * The numbers of a place.
   *
   * @param cursor null: the beginning
   * @param beginning the numbers of the beginning
   * @throws InvalidField when the list never gave such a cursor
   */
  public static List<Long> parse(@Nullable String cursor, Long... beginning) {
    if (cursor == null) {
      return List.of(beginning);
    }
    List<Long> numbers = new ArrayList<>();
    try {
      for (String number : cursor.split("\\.", -1)) {
        numbers.add(Long.parseUnsignedLong(number));
      }
    } catch (NumberFormatException e) {
      throw unknown();
    }
    if (numbers.size() != beginning.length || numbers.stream().anyMatch(number -> number < 0)) {
      throw unknown();
    }
    return numbers;
  }

  private static InvalidField unknown() {
    return new InvalidField("cursor", "is none that this list gave as its nextCursor");
  }
}
