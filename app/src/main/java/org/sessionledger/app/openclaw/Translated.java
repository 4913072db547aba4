package org.sessionledger.app.openclaw;

import org.sessionledger.core.session.Arrival;

/**
 * A command and the frame that it came from.
 *
 * @param projected the gateway's claim about a session, not a run's own report
 */
public record Translated(Place place, Arrival arrival, boolean projected) {}
