package org.sessionledger.projections.kit;

/** Asks for one line of the decision log; answered by an optional {@code LoggedDecision}. */
public record FindDecision(String decisionId) {}
