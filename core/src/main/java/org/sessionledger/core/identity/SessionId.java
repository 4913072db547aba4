package org.sessionledger.core.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one life of a session, as the runtime knows it. */
public record SessionId(@JsonValue String value) {

  /**
   * @throws InvalidField when the text is empty, too long, or holds control characters
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionId {
    Text.identifier("sessionId", value, Text.ID_MAX);
  }

  @Override
  public String toString() {
    return value;
  }
}
