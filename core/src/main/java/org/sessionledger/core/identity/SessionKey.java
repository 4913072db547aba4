package org.sessionledger.core.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The stable route to a conversation. Names the aggregate, never one life of it. Compared to the
 * letter.
 */
public record SessionKey(@JsonValue String value) {

  /**
   * @throws InvalidField when the text is empty, too long, or holds control characters
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionKey {
    Text.key("sessionKey", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
