package org.sessionledger.core.identity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one rule of identity: does what a command names belong to the generation that is current? No
 * clock, no run's name and no order of arrival enters into it.
 */
public final class Fence {

  /** The generations that a key has had. */
  public interface Lineage {

    /** The generation with a number. */
    Optional<Generation> numbered(long number);

    /** The newest generation that has a session id. */
    Optional<Generation> newest(SessionId sessionId);
  }

  /** Where a claim stands against the lineage. */
  public enum Standing {
    /** The command names no generation. */
    UNNAMED,
    /** It names the one that is current. */
    CURRENT,
    /** It names one that is over. */
    ENDED,
    /** It names one that never was. */
    UNKNOWN,
    /** Its number and its session id exist, and belong to different generations. */
    MISMATCH
  }

  /**
   * What a claim names.
   *
   * @param named the generation, where the claim names one that was or is
   */
  public record Judgement(Standing standing, @Nullable Generation named) {}

  private Fence() {}

  /** Judges what a command names. A session id alone names the newest generation that has it. */
  public static Judgement judge(Claim claim, Generation current, Lineage lineage) {
    if (claim.absent()) {
      return new Judgement(Standing.UNNAMED, null);
    }
    if (claim.admits(current)) {
      return new Judgement(Standing.CURRENT, current);
    }
    Long number = claim.number();
    SessionId sessionId = claim.sessionId();
    Optional<Generation> byNumber =
        number == null || number > current.number() ? Optional.empty() : lineage.numbered(number);
    Optional<Generation> byId = sessionId == null ? Optional.empty() : lineage.newest(sessionId);
    if ((number != null && byNumber.isEmpty()) || (sessionId != null && byId.isEmpty())) {
      return new Judgement(Standing.UNKNOWN, null);
    }
    Generation named = byNumber.or(() -> byId).orElseThrow();
    return claim.admits(named)
        ? new Judgement(Standing.ENDED, named)
        : new Judgement(Standing.MISMATCH, null);
  }

  /** True when a run that a generation owns may still report. */
  public static boolean ownsNow(long owner, Generation current) {
    return owner == current.number();
  }
}
