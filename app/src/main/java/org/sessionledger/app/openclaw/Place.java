package org.sessionledger.app.openclaw;

/**
 * Where a frame stands.
 *
 * @param recording its name, without the folders: those are the machine's own business
 * @param line counts from 1
 */
public record Place(String recording, long line) {

  /** Whether the other one comes later in the same recording. */
  boolean isBefore(Place other) {
    return recording.equals(other.recording) && line < other.line;
  }

  @Override
  public String toString() {
    return recording + ":" + line;
  }
}
