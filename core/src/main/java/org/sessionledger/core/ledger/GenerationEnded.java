package org.sessionledger.core.ledger;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Decision;

/**
 * The generation that a handle speaks for is over, and what it says is refused from now on. Stop
 * what is running; what is to go on begins anew from {@link #successor}.
 */
public final class GenerationEnded extends CommandRefused {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable SessionHandle successor;

  GenerationEnded(Decision decision, @Nullable SessionHandle successor) {
    super(decision);
    this.successor = successor;
  }

  /** The session as it goes on; empty when it was closed. */
  public Optional<SessionHandle> successor() {
    return Optional.ofNullable(successor);
  }
}
