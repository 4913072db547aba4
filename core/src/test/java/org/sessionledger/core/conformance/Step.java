package org.sessionledger.core.conformance;

import java.time.Duration;

/**
 * One step of a simulation. It names lives only by who knows of them, never by their ids, so that
 * it still means something when the steps before it are taken away.
 */
sealed interface Step {

  /** What a run signs its message with. */
  enum Signature {
    /** The newest session id that its writer was told. */
    AS_TOLD,
    /** The session id that its start was signed with. */
    AS_STARTED,
    NOTHING
  }

  /** Which runs at work a compaction carries. */
  enum Carried {
    ALL,
    /** Those of the writer that compacts. */
    OWN,
    NONE
  }

  /**
   * A writer makes a message of a run and sends it.
   *
   * @param skew what the writer's clock is off by
   * @param delayed it arrives later, or never
   */
  record Send(
      int message,
      int writer,
      int session,
      int run,
      Report.Kind kind,
      Signature signature,
      Duration skew,
      boolean delayed)
      implements Step {

    @Override
    public String toString() {
      return "writer %d %s %s of run-%d in session-%d, signed %s%s (message %d)"
          .formatted(
              writer,
              delayed ? "makes, for later," : "sends",
              kind,
              run,
              session,
              signature,
              skew.isZero() ? "" : ", its clock off by " + skew.toDays() + " days",
              message);
    }
  }

  /** A message arrives that was delayed, or that arrived before. */
  record Arrive(int message) implements Step {

    @Override
    public String toString() {
      return "message " + message + " arrives late or again";
    }
  }

  /**
   * @param expecting it expects the session id that the writer was told last
   */
  record Reset(int writer, int session, boolean inPlace, boolean expecting) implements Step {

    @Override
    public String toString() {
      return "writer %d resets session-%d%s%s"
          .formatted(
              writer,
              session,
              inPlace ? " in place" : "",
              expecting ? ", expecting the id that it was told" : "");
    }
  }

  record Compact(int writer, int session, Carried carried) implements Step {

    @Override
    public String toString() {
      return "writer %d compacts session-%d by the id that it was told, carrying %s runs at work"
          .formatted(writer, session, carried);
    }
  }

  /** A writer forgets what it was told; its messages that are under way still arrive. */
  record Crash(int writer) implements Step {

    @Override
    public String toString() {
      return "writer " + writer + " crashes and starts again";
    }
  }

  /** The runtime itself is stopped and started again. */
  record Restart() implements Step {

    @Override
    public String toString() {
      return "the runtime crashes and starts again";
    }
  }
}
