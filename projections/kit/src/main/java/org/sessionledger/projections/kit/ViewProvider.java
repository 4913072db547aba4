package org.sessionledger.projections.kit;

import org.sessionledger.core.ledger.Ledger;

/**
 * Makes a view of a ledger; found on the class path by {@link java.util.ServiceLoader}. A module
 * with a view names its provider in {@code
 * META-INF/services/org.sessionledger.projections.kit.ViewProvider}.
 */
@FunctionalInterface
public interface ViewProvider {

  View of(Ledger ledger);
}
