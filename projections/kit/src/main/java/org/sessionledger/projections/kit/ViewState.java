package org.sessionledger.projections.kit;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How far a view is.
 *
 * @param position the newest event that it has
 * @param lag events that it does not have yet
 * @param refused rows that refused to go back, since this process opened the view
 * @param error what stopped its last batch; it is tried again
 */
public record ViewState(
    String name, long position, long lag, State state, long refused, @Nullable String error) {

  /** What a view is doing. */
  public enum State {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("stopped")
    STOPPED,
    @JsonProperty("failed")
    FAILED
  }
}
