/**
 * The door for a Java program: open a ledger, send commands, get decisions. Read {@link
 * org.sessionledger.core.ledger.Ledger} first.
 */
@NullMarked
package org.sessionledger.core.ledger;

import org.jspecify.annotations.NullMarked;
