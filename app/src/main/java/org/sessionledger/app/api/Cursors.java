package org.sessionledger.app.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Cursors as clients see them: opaque, and of use in the list that gave them only. */
final class Cursors {

  private static final char SEPARATOR = ' ';

  private Cursors() {}

  static String seal(String list, String cursor) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((list + SEPARATOR + cursor).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The list's own cursor.
   *
   * @throws ApiProblem when another list gave it, or none
   */
  static @Nullable String open(String list, @Nullable String sealed) {
    if (sealed == null) {
      return null;
    }
    try {
      String cursor = new String(Base64.getUrlDecoder().decode(sealed), StandardCharsets.UTF_8);
      if (cursor.startsWith(list + SEPARATOR)) {
        return cursor.substring(list.length() + 1);
      }
    } catch (IllegalArgumentException e) {
      throw bad();
    }
    throw bad();
  }

  private static ApiProblem bad() {
    return Problems.badParameter("cursor", "is none that this list gave as its nextCursor");
  }
}
