package org.sessionledger.core.session;

import org.sessionledger.core.identity.Generation;

/**
 * What is current in a session, as every decision tells it.
 *
 * @param version the number of events that the session has
 * @param activeRuns the number of open runs
 */
public record Standing(Generation generation, long version, Status status, int activeRuns) {}
