package org.sessionledger.core.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one piece of work; only with its generation and attempt is it an identity. */
public record RunId(@JsonValue String value) {

  /**
   * @throws InvalidField when the text is empty, too long, or holds control characters
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RunId {
    Text.identifier("runId", value, Text.ID_MAX);
  }

  @Override
  public String toString() {
    return value;
  }
}
