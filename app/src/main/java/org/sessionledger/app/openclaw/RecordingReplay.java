package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds recordings into a ledger. The recordings of one replay are of one gateway, in the order in
 * which they were made: between two of them is a gap, and nothing else.
 */
public final class RecordingReplay {

  /** Unreadable lines that are told in full; the rest is counted. */
  private static final int UNREADABLE_MAX = 100;

  private final Decider decider;
  private final ReplayListener listener;
  private final FrameIntake intake;
  private final List<String> unreadable = new ArrayList<>();

  private RecordingReplay(Decider decider, ReplayListener listener) {
    this.decider = decider;
    this.listener = listener;
    this.intake = new FrameIntake(decider, new Noting());
  }

  /** Replays into the decider. */
  public static Replay replay(List<Recording> recordings, Decider decider, ReplayListener listener)
      throws IOException {
    RecordingReplay replay = new RecordingReplay(decider, listener);
    for (Recording recording : recordings) {
      replay.read(recording);
    }
    return replay.result();
  }

  private void read(Recording recording) throws IOException {
    RecordingReader.Sink sink =
        new RecordingReader.Sink() {
          @Override
          public void frame(RecordedFrame frame) {
            intake.frame(frame);
          }

          @Override
          public void unreadable(Place place, String problem) {
            intake.unreadable(place, problem);
          }
        };
    try (RecordingReader reader =
        new RecordingReader(recording.name(), recording.source().open())) {
      while (reader.next(sink)) {
        listener.progress(recording, reader.bytesRead());
      }
    }
    intake.end();
  }

  /** Keeps what the result tells in full. */
  private final class Noting implements ReplayListener {

    @Override
    public void decided(Translated command, Ruling ruling) {
      listener.decided(command, ruling);
    }

    @Override
    public void unreadable(Place place, String problem) {
      if (unreadable.size() < UNREADABLE_MAX) {
        unreadable.add(place + ": " + problem);
      }
      listener.unreadable(place, problem);
    }
  }

  private Replay result() {
    intake.decideAll();
    List<Replay.LedgerSession> sessions = new ArrayList<>();
    List<Replay.Difference> differences = new ArrayList<>();
    intake
        .versions()
        .forEach(
            (key, version) ->
                decider
                    .session(key, version)
                    .ifPresent(
                        session -> {
                          sessions.add(session);
                          intake
                              .claim(key)
                              .flatMap(claim -> claim.against(session))
                              .ifPresent(differences::add);
                        }));
    FrameIntake.Tally tally = intake.tally();
    return new Replay(
        tally.arrivals(),
        tally.accepted(),
        tally.duplicates(),
        tally.rejected(),
        tally.rejectedByReason(),
        sessions,
        differences,
        tally.frames(),
        unreadable,
        tally.unreadable());
  }
}
