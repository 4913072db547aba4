package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * Frames in, decisions noted: what a recording and a live gateway have in common. The frames are of
 * one gateway, in their order. One thread at a time uses it.
 */
public final class FrameIntake {

  /** Commands that are handed over together. */
  private static final int BATCH = 500;

  /** Sessions that are told as touched at once; the others are touched again, or never mattered. */
  private static final int TOUCHED_MAX = 50_000;

  private final Decider decider;
  private final ReplayListener listener;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Translator translator = new Translator();
  private final List<Translated> pending = new ArrayList<>();

  private final Map<Verdict, Long> verdicts = new HashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private final Map<SessionKey, Long> versions;
  private final Map<SessionKey, Explanation> refusedProjections;
  private final Set<SessionKey> touched = new LinkedHashSet<>();
  private long unreadable;
  private long frames;
  private @Nullable Long lastHeardAt;

  /** Remembers every session, for a result that tells of all of them. */
  FrameIntake(Decider decider, ReplayListener listener) {
    this(decider, listener, Integer.MAX_VALUE);
  }

  /**
   * @param sessionsMax sessions that are remembered; the one that came first is forgotten first
   */
  public FrameIntake(Decider decider, ReplayListener listener, int sessionsMax) {
    this.decider = decider;
    this.listener = listener;
    this.versions = eldestFirst(sessionsMax);
    this.refusedProjections = eldestFirst(sessionsMax);
  }

  private static <V> Map<SessionKey, V> eldestFirst(int max) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<SessionKey, V> eldest) {
        return size() > max;
      }
    };
  }

  /**
   * What came of the frames so far.
   *
   * @param arrivals commands that the frames gave
   * @param unreadable frames that were skipped
   */
  public record Tally(
      long frames,
      long unreadable,
      long arrivals,
      long accepted,
      long duplicates,
      long rejected,
      Map<String, Long> rejectedByReason) {}

  /** Takes a frame; what it gives is decided with the next batch. */
  public void frame(RecordedFrame recorded) {
    frames++;
    try {
      GatewayFrame frame = decoder.decode(recorded);
      touch(frame);
      send(translator.translate(frame));
      if (frame instanceof GatewayFrame.Listing listing && listing.problem() != null) {
        unreadable(recorded.place(), listing.problem());
      }
    } catch (MalformedFrame e) {
      unreadable(recorded.place(), String.valueOf(e.getMessage()));
    }
    if (recorded.at() != null) {
      lastHeardAt = recorded.at();
    }
  }

  /** Takes note of what is no frame. */
  public void unreadable(Place place, String problem) {
    unreadable++;
    listener.unreadable(place, problem);
  }

  /** Nothing more is heard on this connection: a gap, and no sign that the gateway died. */
  public void end() {
    send(translator.end(lastHeardAt));
  }

  /** Decides what is pending. */
  public void decideAll() {
    if (!pending.isEmpty()) {
      decide();
    }
  }

  public Tally tally() {
    long accepted = verdicts.getOrDefault(Verdict.ACCEPTED, 0L);
    long duplicates = verdicts.getOrDefault(Verdict.DUPLICATE, 0L);
    long rejected = verdicts.getOrDefault(Verdict.REJECTED, 0L);
    return new Tally(
        frames,
        unreadable,
        accepted + duplicates + rejected,
        accepted,
        duplicates,
        rejected,
        new TreeMap<>(reasons));
  }

  /**
   * The sessions that a gap may concern, once the listing after it was taken: those in which
   * something ran, and those that it shows otherwise than before. Each is told once.
   */
  public List<SessionKey> takeMissed() {
    decideAll();
    Missed.Sessions missed = translator.takeMissed();
    List<SessionKey> concerned = new ArrayList<>(missed.known());
    for (SessionKey key : missed.unknown()) {
      boolean open =
          decider
              .session(key, 0)
              .filter(s -> !Set.of("closed", "migrated").contains(s.status()))
              .isPresent();
      if (open) {
        concerned.add(key);
      }
    }
    return concerned;
  }

  /**
   * What a later intake needs to go on from here, as a frame for it to begin with.
   *
   * @param heardAt when the gateway was heard last, in milliseconds
   */
  public ObjectNode standing(long heardAt) {
    return OwnFrames.resume(translator.standing(new Place("", 0), heardAt));
  }

  /** A gap in which these sessions may have changed, as a frame. */
  public static ObjectNode gap(Instant from, Instant to, String why, List<SessionKey> sessions) {
    return OwnFrames.gap(from, to, why, sessions);
  }

  /** The sessions that something was said of since the last call. */
  public List<SessionKey> takeTouched() {
    List<SessionKey> taken = List.copyOf(touched);
    touched.clear();
    return taken;
  }

  /** What the gateway says of a session now; empty when it never showed it. */
  public Optional<Claim> claim(SessionKey key) {
    Long version = versions.get(key);
    SessionTrack track = translator.session(key);
    return version == null || track == null
        ? Optional.empty()
        : Optional.of(new Claim(track, version, refusedProjections.get(key)));
  }

  /** The versions that the rulings told of, of each session that they were about. */
  Map<SessionKey, Long> versions() {
    return versions;
  }

  private void touch(GatewayFrame frame) {
    if (frame instanceof GatewayFrame.OfSession of) {
      touch(of.sessionKey());
    } else if (frame instanceof GatewayFrame.Listing listing) {
      listing.rows().keySet().stream().filter(versions::containsKey).forEach(this::touch);
    }
  }

  private void touch(SessionKey key) {
    if (touched.size() < TOUCHED_MAX) {
      touched.add(key);
    }
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
      touch(key);
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
}
