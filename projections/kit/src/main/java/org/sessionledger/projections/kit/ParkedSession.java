package org.sessionledger.projections.kit;

import org.sessionledger.core.identity.SessionKey;

/**
 * A session that a view leaves alone, because it could not take one of its events. The view's rows
 * of it stay as they are; it is tried again when a node starts, and each minute.
 *
 * @param version of the first event that the view does not have
 * @param error why the view could not take it
 */
public record ParkedSession(SessionKey sessionKey, long version, String error) {}
