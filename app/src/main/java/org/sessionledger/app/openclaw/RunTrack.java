package org.sessionledger.app.openclaw;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;

/** What the translator remembers of one run. */
final class RunTrack {

  /** Frames that are remembered of a run, to know them again; the eldest is forgotten first. */
  private static final int MARKS_MAX = 16;

  /** How an attempt ended, as far as the bus told. */
  enum End {
    NONE,
    COMPLETED,
    FAILED,
    ABORTED,
    INTERRUPTED
  }

  /**
   * A frame of the bus, as it was translated.
   *
   * @param named the session id that the command named
   */
  record Mark(
      Phase phase,
      @Nullable Long seq,
      @Nullable Long ts,
      long attempt,
      End end,
      @Nullable SessionId named) {}

  private final Deque<Mark> marks = new ArrayDeque<>();

  /** The session's life that owns the run. */
  long life;

  /** The process that runs it. */
  @Nullable String instance;

  long attempt = 1;
  End end = End.NONE;

  RunTrack(long life, @Nullable String instance) {
    this.life = life;
    this.instance = instance;
  }

  void remember(Mark mark) {
    if (marks.size() == MARKS_MAX) {
      marks.removeFirst();
    }
    marks.addLast(mark);
  }

  /** The same frame, heard before: on another connection, or from a recording that overlaps. */
  @Nullable Mark again(Phase phase, @Nullable Long seq, @Nullable Long ts) {
    if (seq == null && ts == null) {
      return null;
    }
    for (Mark mark : marks) {
      if (mark.phase == phase && Objects.equals(mark.seq, seq) && Objects.equals(mark.ts, ts)) {
        return mark;
      }
    }
    return null;
  }

  /**
   * The frame of the bus that a projection carries to the row: the one with its stamp, else the
   * last one of its phase.
   */
  @Nullable Mark projectedBy(Phase phase, @Nullable Long ts) {
    Mark last = null;
    for (Mark mark : marks) {
      if (mark.phase == phase) {
        if (ts != null && ts.equals(mark.ts)) {
          return mark;
        }
        if (mark.attempt == attempt) {
          last = mark;
        }
      }
    }
    return last;
  }
}
