package org.sessionledger.projections.kit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * Asks for a session as it was, from its events; answered by an optional {@code SessionStatus}.
 *
 * @param version as its event with this version left it; null: {@code at} tells when
 * @param at at an instant of the ledger's clock; null: {@code version} tells when
 */
public record FindSessionThen(SessionKey sessionKey, @Nullable Long version, @Nullable Instant at) {

  /**
   * @throws IllegalArgumentException when it names no moment, or two
   */
  public FindSessionThen {
    if ((version == null) == (at == null)) {
      throw new IllegalArgumentException("ask for a version or for an instant");
    }
  }
}
