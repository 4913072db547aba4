package org.sessionledger.projections.status;

import org.sessionledger.core.identity.SessionKey;

/** Asks what one session is doing; answered by an optional {@code SessionStatus}. */
public record FindSessionStatus(SessionKey sessionKey) {}
