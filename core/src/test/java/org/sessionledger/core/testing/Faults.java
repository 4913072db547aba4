package org.sessionledger.core.testing;

/** How much of a fault a test lets happen: a little in every run, more under the profile. */
public final class Faults {

  private static final boolean LONG = Boolean.getBoolean("faults.long");

  private Faults() {}

  /**
   * A measure of a test's.
   *
   * @param name of the system property that says otherwise, without {@code faults.}
   * @param usual in every run
   * @param thorough under {@code -Pfaults}
   */
  public static int measure(String name, int usual, int thorough) {
    return Integer.getInteger("faults." + name, LONG ? thorough : usual);
  }

  /** Says how much was let happen, and to what load; a failure would have come before. */
  public static void survived(String what, Acknowledged told) {
    System.out.println("survived " + what + ": " + told);
  }
}
