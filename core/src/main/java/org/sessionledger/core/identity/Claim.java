package org.sessionledger.core.identity;

import org.jspecify.annotations.Nullable;

/**
 * How a command names a generation: by session id, by number, by both, or not at all.
 *
 * @param number counts from 1
 */
public record Claim(@Nullable SessionId sessionId, @Nullable Long number) {

  /** Names nothing. */
  public static final Claim NONE = new Claim(null, null);

  /** True when the command names no generation. */
  public boolean absent() {
    return sessionId == null && number == null;
  }

  /** True when nothing in the claim contradicts the generation; an absent claim admits any. */
  public boolean admits(Generation generation) {
    return (sessionId == null || sessionId.equals(generation.sessionId()))
        && (number == null || number == generation.number());
  }

  @Override
  public String toString() {
    if (absent()) {
      return "no generation";
    }
    if (sessionId == null) {
      return "generation " + number;
    }
    return number == null
        ? "session id " + sessionId
        : "generation " + number + " (" + sessionId + ")";
  }
}
