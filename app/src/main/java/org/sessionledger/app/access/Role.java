package org.sessionledger.app.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody may do; each role may do what those before it may. */
public enum Role {
  /** Asks: queries, live feeds, the console. */
  READER,

  /** Reports what runs do, as an agent runtime does. */
  RUNTIME,

  /** Ends lives and begins others: resets, restores, closes. */
  OPERATOR,

  /** Rebuilds views, gives and takes tokens. */
  ADMIN;

  /** Its name on the wire and in the command line. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  public static Optional<Role> of(String code) {
    return Stream.of(values()).filter(role -> role.code().equals(code)).findFirst();
  }

  /** All of them, for a sentence. */
  public static String codes() {
    return String.join(", ", Stream.of(values()).map(Role::code).toList());
  }
}
