/**
 * The wiring: a ledger, its views and the HTTP API, put together by Spring Boot and Axon's starter.
 * Read {@link org.sessionledger.app.LedgerServer} first.
 */
@NullMarked
package org.sessionledger.app;

import org.jspecify.annotations.NullMarked;
