package org.sessionledger.app.openclaw.follow;

import java.time.Instant;
import java.util.List;
import org.sessionledger.core.identity.SessionKey;

/**
 * A time in which nobody listened; the gateway repeats nothing of it.
 *
 * @param from when something was heard last
 * @param to when the listing that followed had been read, or the following ended
 * @param sessions the sessions that it may concern: something ran in them, or the listing after it
 *     shows them otherwise; each has it in its timeline
 * @param why how the connection was lost
 */
public record Gap(Instant from, Instant to, List<SessionKey> sessions, String why) {}
