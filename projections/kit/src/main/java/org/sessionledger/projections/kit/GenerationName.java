package org.sessionledger.projections.kit;

import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;

/** A generation as documents name it. */
public record GenerationName(long generation, SessionId sessionId) {

  public static GenerationName of(Generation generation) {
    return new GenerationName(generation.number(), generation.sessionId());
  }
}
