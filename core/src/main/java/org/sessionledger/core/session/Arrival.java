package org.sessionledger.core.session;

import org.sessionledger.core.identity.CommandId;

/**
 * One command as it arrived; every arrival gets exactly one decision.
 *
 * @param dryRun decided on the stored state, nothing written and nothing counted
 */
public record Arrival(
    CommandId commandId, SessionCommand command, Provenance provenance, boolean dryRun)
    implements Incoming {

  /** An arrival that is meant. */
  public static Arrival of(CommandId commandId, SessionCommand command, Provenance provenance) {
    return new Arrival(commandId, command, provenance, false);
  }
}
