package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a session, or one attempt of a run, is doing. */
public enum Status {
  /** Nothing ran yet since the session was opened, reset, restored or reopened. */
  @JsonProperty("idle")
  IDLE,
  /** At least one run is open. */
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("done")
  DONE,
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("aborted")
  ABORTED,
  /** Presumed lost. */
  @JsonProperty("interrupted")
  INTERRUPTED,
  /** Of a run only: its generation ended, or its next attempt began, while it was open. */
  @JsonProperty("superseded")
  SUPERSEDED,
  /** Of a session only. */
  @JsonProperty("closed")
  CLOSED,
  /** Of a session only. */
  @JsonProperty("migrated")
  MIGRATED;

  /** Of a session: nothing but a reopening brings it back under its key. */
  public boolean isOver() {
    return this == CLOSED || this == MIGRATED;
  }

  /** The name as it stands in JSON and in tables. */
  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The status with a name as {@link #code()} gives it. */
  public static Status of(String code) {
    return valueOf(code.toUpperCase(java.util.Locale.ROOT));
  }
}
