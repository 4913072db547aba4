package org.sessionledger.app.openclaw.doctor;

import java.util.Locale;

/** The ledger has more sessions than can be compared at once. */
public final class TooManySessions extends Exception {

  private static final long serialVersionUID = 1L;

  TooManySessions(int most) {
    super(
        String.format(
            Locale.ROOT,
            "The ledger has more than %,d sessions, too many to compare at once: name a part of"
                + " them with --prefix.",
            most));
  }
}
