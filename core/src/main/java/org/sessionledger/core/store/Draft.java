package org.sessionledger.core.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Submission;

/**
 * One arrival with what was decided on it, before it is durable. Accepted, duplicate and refused
 * alike go through the same writer.
 *
 * @param events none unless accepted
 * @param repeats the accepted command whose id came again; null when none did
 * @param interrupted for a command over every session
 * @param snapshots states of sessions as this draft leaves them, where one is due
 */
public record Draft(
    Submission submission,
    Outcome outcome,
    List<NewEvent> events,
    @Nullable KnownCommand repeats,
    Decision.@Nullable Interrupted interrupted,
    List<Snapshot> snapshots) {

  Incoming incoming() {
    return submission.incoming();
  }

  /** The sessions whose state it was decided on, and those that it changes. */
  public Set<SessionKey> sessions() {
    Set<SessionKey> sessions = new HashSet<>();
    if (incoming() instanceof Arrival arrival) {
      sessions.addAll(arrival.command().sessionKeys());
    }
    events.forEach(event -> sessions.add(event.event().sessionKey()));
    snapshots.forEach(snapshot -> sessions.add(snapshot.sessionKey()));
    return sessions;
  }

  /**
   * A session's state after a version.
   *
   * @param state JSON that only the same revision can read
   */
  public record Snapshot(SessionKey sessionKey, long version, String state) {

    /** Of the state's JSON; one of another revision is ignored, and replaced when one is due. */
    public static final int REVISION = 2;
  }

  /**
   * An event that was decided.
   *
   * @param version its place within its session
   * @param json the event, as it is kept
   */
  public record NewEvent(SessionEvent event, long version, String json) {}

  /**
   * An accepted command that is remembered by its id.
   *
   * @param content as {@link KnownCommands#content} tells it
   * @param answer null when the command was accepted in a group that is not written yet
   */
  public record KnownCommand(String content, @Nullable Decision answer) {}
}
