package org.sessionledger.core.session;

import org.sessionledger.core.identity.CommandId;

/** What arrives at the ledger: a command, or something readable that is none. */
public sealed interface Incoming permits Arrival, MalformedCommand {

  CommandId commandId();

  Provenance provenance();

  /** Decided on the stored state, nothing written and nothing counted. */
  boolean dryRun();
}
