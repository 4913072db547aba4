package org.sessionledger.core.ledger;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.Store;

/**
 * What others made stale: the sessions that they changed and the ids of commands that they
 * accepted; and whatever drafts drew from those, in any number of steps.
 */
final class Stale {

  private final boolean everything;
  private final Set<SessionKey> sessions;
  private final Set<CommandId> commands;

  private Stale(Store.Elsewhere changed) {
    everything = changed.everything();
    sessions = new HashSet<>(changed.sessions());
    commands = new HashSet<>(changed.commands());
  }

  static Stale of(List<List<Draft>> underWay, Store.Elsewhere changed) {
    Stale stale = new Stale(changed);
    boolean more = true;
    while (more) {
      more = false;
      for (List<Draft> group : underWay) {
        for (Draft draft : group) {
          more |= stale.has(draft) && stale.spreadsOver(draft);
        }
      }
    }
    return stale;
  }

  /** The sessions of which what is in memory is wrong now. */
  Set<SessionKey> sessions() {
    return sessions;
  }

  /** True when a draft has to be decided again. */
  boolean has(Draft draft) {
    if (everything) {
      return true;
    }
    if (!(draft.submission().incoming() instanceof Arrival arrival)) {
      return false;
    }
    return commands.contains(arrival.commandId())
        || draft.sessions().stream().anyMatch(sessions::contains);
  }

  /** True when that made more of the drafts stale. */
  private boolean spreadsOver(Draft draft) {
    boolean more = sessions.addAll(draft.sessions());
    if (draft.submission().incoming() instanceof Arrival arrival) {
      more |= commands.add(arrival.commandId());
    }
    return more;
  }
}
