package org.sessionledger.projections.timeline;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * Asks for the audit of the rotation that ended a generation; answered by an optional {@link
 * RotationAudit}.
 *
 * @param generation null: the generation that ended last
 */
public record FindRotationAudit(SessionKey sessionKey, @Nullable Long generation) {}
