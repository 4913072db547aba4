/**
 * What tests of every module share: fresh databases, orders in few words, traffic, and the audit of
 * everything that a ledger stored. Read {@link org.sessionledger.core.testing.Databases} first.
 */
package org.sessionledger.core.testing;
