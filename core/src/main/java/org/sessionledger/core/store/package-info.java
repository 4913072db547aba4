/**
 * Events, refusals and what must be known for ever, over JDBC: the only SQL in core. Read {@code
 * db/ledger/V1__ledger.sql} first, then {@link org.sessionledger.core.store.LedgerReader}.
 */
@NullMarked
package org.sessionledger.core.store;

import org.jspecify.annotations.NullMarked;
