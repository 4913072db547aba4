package org.sessionledger.core.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one compaction that takes time, from its begin to its end. */
public record CompactionId(@JsonValue String value) {

  /**
   * @throws InvalidField when the text is empty, too long, or holds control characters
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CompactionId {
    Text.identifier("compactionId", value, Text.ID_MAX);
  }

  @Override
  public String toString() {
    return value;
  }
}
