package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sessionledger.core.store.audit.Verification;

/** Compares what a view shows with what the events say; a verification asks it last. */
interface ViewCheck {

  /**
   * Checks the view.
   *
   * @return a document with at least {@code name} and {@code intact}
   */
  ObjectNode check(Verification.Progress progress);
}
