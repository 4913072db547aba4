package org.sessionledger.core.store.audit;

import java.time.Instant;

/**
 * A ledger's whole history up to a moment, in a few words that nobody can make fit another one.
 *
 * @param sessions keys ever opened by then
 * @param events SHA-256, in hexadecimal, over the number, the version and the newest event's hash
 *     of each session, in the order in which they were opened
 * @param decisions SHA-256, in hexadecimal, over the hashes of all lines of the decision log
 * @param recordedAt the newest event's time on the ledger's clock; the epoch before the first
 */
public record LedgerHead(
    long position,
    long decisionSeq,
    long sessions,
    String events,
    String decisions,
    Instant recordedAt) {

  public Checkpoint at() {
    return new Checkpoint(position, decisionSeq);
  }
}
