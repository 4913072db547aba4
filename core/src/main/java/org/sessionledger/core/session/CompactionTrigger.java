package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What made a runtime compact. */
public enum CompactionTrigger {
  @JsonProperty("manual")
  MANUAL,
  @JsonProperty("auto")
  AUTO,
  @JsonProperty("preflight")
  PREFLIGHT,
  @JsonProperty("overflow")
  OVERFLOW
}
