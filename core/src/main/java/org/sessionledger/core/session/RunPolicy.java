package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a session takes runs side by side or one at a time; set when it is opened. */
public enum RunPolicy {
  @JsonProperty("concurrent")
  CONCURRENT,
  @JsonProperty("single")
  SINGLE
}
