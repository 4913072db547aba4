package org.sessionledger.core.conformance;

/** Clauses of one subject; each is a test of its own. */
interface Clauses {

  /** A session that was never opened, of the runtime under test. */
  Scene scene();
}
