package org.sessionledger.core.ledger;

import java.util.Objects;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;

/**
 * A handle's command was refused, and the refusal is kept. The message says what was claimed, what
 * is true, and what to do next.
 */
public class CommandRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Decision decision;

  CommandRefused(Decision decision) {
    super(sentence(decision));
    this.decision = decision;
  }

  /** The decision, with the refusal in it. */
  public Decision decision() {
    return decision;
  }

  /** Why. */
  public Reason reason() {
    return Objects.requireNonNull(decision.refusal()).reason();
  }

  private static String sentence(Decision decision) {
    Refusal refusal = Objects.requireNonNull(decision.refusal());
    return refusal.reason().code() + ": " + refusal.detail() + " " + refusal.next();
  }
}
