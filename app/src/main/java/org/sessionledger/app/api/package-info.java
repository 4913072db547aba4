/**
 * The ledger's API: what it answers ({@link org.sessionledger.app.api.LedgerApi}), and the HTTP
 * controllers that put it on the wire.
 */
@NullMarked
package org.sessionledger.app.api;

import org.jspecify.annotations.NullMarked;
