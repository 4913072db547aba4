package org.sessionledger.core.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one order; an accepted one is remembered over the whole ledger. */
public record CommandId(@JsonValue String value) {

  /**
   * @throws InvalidField when the text is empty, too long, or holds control characters
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CommandId {
    Text.identifier("commandId", value, Text.ID_MAX);
  }

  @Override
  public String toString() {
    return value;
  }
}
