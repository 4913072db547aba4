package org.sessionledger.projections.kit;

/** Asks how far each view is; answered by a list of {@link ViewState}. */
public record FindViews() {}
