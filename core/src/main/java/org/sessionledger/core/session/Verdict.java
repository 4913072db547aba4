package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The ledger's answer to one arrival. */
public enum Verdict {
  /** The command's events are durable. */
  @JsonProperty("accepted")
  ACCEPTED,
  /** It was so already; nothing but the count was written. */
  @JsonProperty("duplicate")
  DUPLICATE,
  /** Refused, and the refusal is durable. */
  @JsonProperty("rejected")
  REJECTED;

  /** The name as it stands in JSON and in tables. */
  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
