package org.sessionledger.core.identity;

import org.jspecify.annotations.Nullable;

/** What a text from outside may be; lengths are Unicode code points. */
public final class Text {

  /** Longest session key. */
  public static final int SESSION_KEY_MAX = 512;

  /** Longest session, run, command and compaction id, actor, component, instance and host. */
  public static final int ID_MAX = 256;

  /** Longest reason and note. */
  public static final int NOTE_MAX = 4_096;

  /** Longest error message that is kept; a longer one is cut. */
  public static final int ERROR_MESSAGE_MAX = 65_536;

  private Text() {}

  /** A session key: an identifier without control characters. */
  public static String key(String field, String value) {
    identifier(field, value, SESSION_KEY_MAX);
    if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL)) {
      throw new InvalidField(field, "must not hold control characters");
    }
    return value;
  }

  /**
   * An identifier: not empty, no lone surrogates, within the limit, and storable in any database.
   */
  public static String identifier(String field, String value, int max) {
    requirePresent(field, value);
    if (value.isEmpty()) {
      throw new InvalidField(field, "must not be empty");
    }
    free(field, value, max);
    if (value.indexOf('\0') >= 0) {
      throw new InvalidField(
          field, "must not hold the character NUL, which PostgreSQL cannot store");
    }
    return value;
  }

  /** A text that people read: may be empty and may hold line breaks, but no lone surrogates. */
  public static String free(String field, String value, int max) {
    requirePresent(field, value);
    requireNoLoneSurrogate(field, value);
    int length = length(value);
    if (length > max) {
      throw new InvalidField(
          field, "has " + length + " characters, at most " + max + " are allowed");
    }
    return value;
  }

  /** The types say that it is no null; a Java program may hand one in all the same. */
  public static void requirePresent(String field, @Nullable Object value) {
    if (value == null) {
      throw new InvalidField(field, "is missing");
    }
  }

  /** Refuses text that is no Unicode text and could not be stored as UTF-8. */
  public static String requireNoLoneSurrogate(String field, String value) {
    // A loop, since this is asked of each text of each event that is read.
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        if (i + 1 == value.length()
            || !Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1))) {
          throw new InvalidField(field, "holds a lone surrogate, which is not a character");
        }
        i++;
      }
    }
    return value;
  }

  /** The number of code points. */
  public static int length(String value) {
    return value.codePointCount(0, value.length());
  }

  /** The first {@code max} code points of a text. */
  public static String cut(String value, int max) {
    return length(value) <= max ? value : value.substring(0, value.offsetByCodePoints(0, max));
  }
}
