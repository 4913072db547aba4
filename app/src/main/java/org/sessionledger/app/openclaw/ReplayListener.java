package org.sessionledger.app.openclaw;

/** Hears how a replay goes on. */
public interface ReplayListener {

  /** Hears nothing. */
  ReplayListener NONE = new ReplayListener() {};

  /** A command was decided. */
  default void decided(Translated command, Ruling ruling) {}

  /** A line was skipped. */
  default void unreadable(Place place, String problem) {}

  /**
   * A line was read.
   *
   * @param bytesRead of this recording
   */
  default void progress(Recording recording, long bytesRead) {}
}
