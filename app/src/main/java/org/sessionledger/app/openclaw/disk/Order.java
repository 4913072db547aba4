package org.sessionledger.app.openclaw.disk;

import org.sessionledger.core.session.Arrival;

/**
 * A command, and the record that it came from.
 *
 * @param where in words
 */
public record Order(String where, Arrival arrival) {}
