package org.sessionledger.core.store;

/**
 * How far a ledger is.
 *
 * @param position the newest event's
 * @param decisionSeq the newest line's of the decision log
 */
record Mark(long position, long decisionSeq) {

  static final Mark NONE = new Mark(0, 0);

  boolean isBeyond(Mark other) {
    return position > other.position || decisionSeq > other.decisionSeq;
  }

  Mark max(Mark other) {
    return new Mark(Math.max(position, other.position), Math.max(decisionSeq, other.decisionSeq));
  }

  Mark min(Mark other) {
    return new Mark(Math.min(position, other.position), Math.min(decisionSeq, other.decisionSeq));
  }
}
