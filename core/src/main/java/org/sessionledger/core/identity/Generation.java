package org.sessionledger.core.identity;

/**
 * One life of a session under its key.
 *
 * @param number 1, 2, 3 … strictly rising under a key, never reused: the fencing token
 * @param sessionId its name; an in-place rotation keeps it, so it alone does not fence
 */
public record Generation(long number, SessionId sessionId) {

  public Generation {
    if (number < 1) {
      throw new InvalidField("generation", "counts from 1, not " + number);
    }
  }

  /** The first generation of a key. */
  public static Generation first(SessionId sessionId) {
    return new Generation(1, sessionId);
  }

  /** The generation that follows this one. */
  public Generation next(SessionId nextSessionId) {
    return new Generation(number + 1, nextSessionId);
  }

  @Override
  public String toString() {
    return number + " (" + sessionId + ")";
  }
}
