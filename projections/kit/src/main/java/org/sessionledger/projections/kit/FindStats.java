package org.sessionledger.projections.kit;

/** Asks for the ledger's totals; answered by {@code Stats}. */
public record FindStats() {}
