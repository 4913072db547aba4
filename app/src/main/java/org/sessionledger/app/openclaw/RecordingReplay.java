package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Comparison.Explanation;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionCommand.ForkSession;
import org.sessionledger.core.session.SessionCommand.OfRun;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.Verdict;

/**
 * Feeds recordings into a ledger. The recordings of one replay are of one gateway, in the order in
 * which they were made: between two of them is a gap, and nothing else.
 */
public final class RecordingReplay {

  /** Commands that are handed over together. */
  private static final int BATCH = 500;

  /** Unreadable lines that are told in full; the rest is counted. */
  private static final int UNREADABLE_MAX = 100;

  private final Decider decider;
  private final ReplayListener listener;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Translator translator = new Translator();
  private final List<Translated> pending = new ArrayList<>();

  private final Map<Verdict, Long> verdicts = new HashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private final Map<SessionKey, Long> versions = new LinkedHashMap<>();
  private final Map<SessionKey, Explanation> refusedProjections = new HashMap<>();
  private final List<String> unreadable = new ArrayList<>();
  private long unreadableLines;
  private long frames;
  private @Nullable Long lastHeardAt;

  public RecordingReplay(Decider decider, ReplayListener listener) {
    this.decider = decider;
    this.listener = listener;
  }

  /** Replays into the decider; one instance replays once. */
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
            RecordingReplay.this.frame(frame);
          }

          @Override
          public void unreadable(Place place, String problem) {
            skip(place, problem);
          }
        };
    try (RecordingReader reader =
        new RecordingReader(recording.name(), recording.source().open())) {
      while (reader.next(sink)) {
        listener.progress(recording, reader.bytesRead());
      }
    }
    send(translator.end(lastHeardAt));
  }

  private void frame(RecordedFrame recorded) {
    frames++;
    try {
      GatewayFrame frame = decoder.decode(recorded);
      send(translator.translate(frame));
    } catch (MalformedFrame e) {
      skip(recorded.place(), String.valueOf(e.getMessage()));
    }
    if (recorded.at() != null) {
      lastHeardAt = recorded.at();
    }
  }

  private void skip(Place place, String problem) {
    unreadableLines++;
    if (unreadable.size() < UNREADABLE_MAX) {
      unreadable.add(place + ": " + problem);
    }
    listener.unreadable(place, problem);
  }

  private void send(List<Translated> commands) {
    for (Translated command : commands) {
      pending.add(command);
      if (command.arrival().command() instanceof OpenSession open) {
        Ruling ruling = decide();
        send(opened(open, ruling));
      } else if (pending.size() >= BATCH) {
        decide();
      }
    }
  }

  /** The translator cannot go on with a session before it knows what the ledger has of it. */
  private List<Translated> opened(OpenSession open, Ruling ruling) {
    boolean closed = Reason.SESSION_CLOSED.code().equals(ruling.reason());
    boolean another = closed || Reason.ALREADY_OPEN.code().equals(ruling.reason());
    return translator.opened(
        open.sessionKey(), another ? ruling.sessionId() : null, ruling.generation(), closed);
  }

  /** Hands over what is pending; the ruling on the last of it. */
  private Ruling decide() {
    List<Arrival> arrivals = pending.stream().map(Translated::arrival).toList();
    List<Ruling> rulings = decider.decide(arrivals);
    if (rulings.size() != arrivals.size()) {
      throw new IllegalStateException(
          arrivals.size() + " commands were handed over, " + rulings.size() + " rulings came back");
    }
    for (int i = 0; i < rulings.size(); i++) {
      note(pending.get(i), rulings.get(i));
    }
    pending.clear();
    return rulings.get(rulings.size() - 1);
  }

  private void note(Translated command, Ruling ruling) {
    verdicts.merge(ruling.verdict(), 1L, Long::sum);
    SessionCommand order = command.arrival().command();
    SessionKey key = order.sessionKey();
    if (key != null) {
      versions.merge(key, ruling.version(), Math::max);
    }
    if (order instanceof ForkSession fork && ruling.verdict() != Verdict.REJECTED) {
      versions.putIfAbsent(fork.newSessionKey(), 1L);
    }
    if (ruling.reason() != null) {
      reasons.merge(ruling.reason(), 1L, Long::sum);
    }
    if (key != null && command.projected() && ruling.verdict() == Verdict.REJECTED) {
      refusedProjections.put(
          key,
          new Explanation(order instanceof OfRun run ? run.runId() : null, ruling.decisionId()));
    }
    listener.decided(command, ruling);
  }

  private Replay result() {
    if (!pending.isEmpty()) {
      decide();
    }
    Map<SessionKey, SessionTrack> tracks = new HashMap<>();
    translator.sessions().forEach(track -> tracks.put(track.key, track));
    List<Replay.LedgerSession> sessions = new ArrayList<>();
    List<Replay.Difference> differences = new ArrayList<>();
    versions.forEach(
        (key, version) ->
            decider
                .session(key, version)
                .ifPresent(
                    session -> {
                      sessions.add(session);
                      SessionTrack track = tracks.get(key);
                      if (track != null) {
                        Comparison.difference(track, session, refusedProjections.get(key))
                            .ifPresent(differences::add);
                      }
                    }));
    long accepted = verdicts.getOrDefault(Verdict.ACCEPTED, 0L);
    long duplicates = verdicts.getOrDefault(Verdict.DUPLICATE, 0L);
    long rejected = verdicts.getOrDefault(Verdict.REJECTED, 0L);
    return new Replay(
        accepted + duplicates + rejected,
        accepted,
        duplicates,
        rejected,
        reasons,
        sessions,
        differences,
        frames,
        unreadable,
        unreadableLines);
  }
}
