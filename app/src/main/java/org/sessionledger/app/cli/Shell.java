package org.sessionledger.app.cli;

import java.util.regex.Pattern;

/** Words as a POSIX shell takes them, so that a hint can be copied. */
final class Shell {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private Shell() {}

  static String quote(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
