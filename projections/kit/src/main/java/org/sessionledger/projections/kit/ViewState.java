package org.sessionledger.projections.kit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a view is.
 *
 * @param position the newest event that it has
 * @param lag events that it does not have yet
 * @param refused rows that refused to go back, since this process opened the view
 * @param parked sessions that it leaves alone, because it could not take an event of theirs
 * @param parkedSessions the first {@value #LISTED_MAX} of them
 * @param error what stopped its last batch; it is tried again
 */
public record ViewState(
    String name,
    long position,
    long lag,
    State state,
    long refused,
    long parked,
    List<ParkedSession> parkedSessions,
    @Nullable String error) {

  /** Parked sessions that are listed at most. */
  public static final int LISTED_MAX = 10;

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
