package org.sessionledger.core.store.audit;

/**
 * How far a ledger was at some moment.
 *
 * @param position of the newest event, 0 before the first
 * @param decisionSeq of the newest line of the decision log, 0 before the first
 */
public record Checkpoint(long position, long decisionSeq) {

  public Checkpoint {
    if (position < 0 || decisionSeq < 0) {
      throw new IllegalArgumentException(
          "a ledger is at 0 or further, not at " + position + " and " + decisionSeq);
    }
  }
}
