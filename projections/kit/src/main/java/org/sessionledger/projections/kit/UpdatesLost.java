package org.sessionledger.projections.kit;

/** A subscriber took updates so slowly that some are lost to it: it has to subscribe anew. */
public final class UpdatesLost extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UpdatesLost(long last, long next) {
    super(
        "After version "
            + last
            + " comes version "
            + next
            + ": the subscriber was more than "
            + Live.WAITING_MAX
            + " updates behind; subscribe anew.");
  }
}
