package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;

/**
 * What a run did, in its place in the history.
 *
 * @param stage the stage in which it happened, counted from 0
 * @param outcome null for an end that is only presumed: nothing runs it any more
 * @param inferred a start that was concluded from a later sign
 * @param unnamed the store does not tell the run's id
 */
record Step(
    int stage,
    Kind kind,
    RunId runId,
    long attempt,
    @Nullable Outcome outcome,
    @Nullable String error,
    boolean inferred,
    boolean unnamed,
    @Nullable Long at,
    String why,
    Where where) {

  enum Kind {
    START,
    END
  }
}
