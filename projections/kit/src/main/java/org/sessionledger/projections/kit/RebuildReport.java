package org.sessionledger.projections.kit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a view's rebuild goes, or went.
 *
 * @param name the view
 * @param events events that the new table has
 * @param total events that it needs, as far as the live table has them now
 * @param eventsPerSecond while it was filled, compared and caught up, so far
 * @param secondsLeft an estimate; null when there is none
 * @param mismatches sessions of which the new table says something else than the live one
 * @param differences the first of them, and what differs
 * @param parked sessions that the new table leaves alone, because an event cannot be taken
 * @param switched true when the new table serves now
 * @param error why it failed; null when it did not
 */
public record RebuildReport(
    String name,
    State state,
    Mode mode,
    Phase phase,
    long events,
    long total,
    long eventsPerSecond,
    @Nullable Long secondsLeft,
    long mismatches,
    List<Difference> differences,
    List<ParkedSession> parked,
    boolean switched,
    @Nullable String error,
    Instant startedAt,
    @Nullable Instant endedAt) {

  /** Sessions that are listed at most. */
  public static final int LISTED_MAX = 50;

  /** Where it stands. */
  public enum State {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("done")
    DONE,
    @JsonProperty("failed")
    FAILED
  }

  /** What becomes of the new table. */
  public enum Mode {
    /** It serves, unless it differs from the live one. */
    @JsonProperty("switch")
    SWITCH,
    /** It serves, even if it differs: the way to mend what a bug in a view did. */
    @JsonProperty("accept")
    ACCEPT,
    /** Nothing: the live one is checked. */
    @JsonProperty("check")
    CHECK
  }

  /** What it is doing, or did last. */
  public enum Phase {
    @JsonProperty("filling")
    FILLING,
    @JsonProperty("comparing")
    COMPARING,
    @JsonProperty("switching")
    SWITCHING
  }
}
