/**
 * The command line: one class a verb. Read {@link org.sessionledger.app.cli.Cli} first, then {@link
 * org.sessionledger.app.cli.LedgerDoor}, which decides whether a verb talks to a ledger in this
 * process or to the server that holds the data folder.
 */
@NullMarked
package org.sessionledger.app.cli;

import org.jspecify.annotations.NullMarked;
