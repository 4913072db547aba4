package org.sessionledger.app.openclaw;

import static org.sessionledger.app.openclaw.CommandIds.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Change.Kind;
import org.sessionledger.app.openclaw.GatewayFrame.BranchSeen;
import org.sessionledger.app.openclaw.GatewayFrame.Closed;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSeen;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSign;
import org.sessionledger.app.openclaw.GatewayFrame.DeleteSeen;
import org.sessionledger.app.openclaw.GatewayFrame.GapEnded;
import org.sessionledger.app.openclaw.GatewayFrame.Hello;
import org.sessionledger.app.openclaw.GatewayFrame.Listing;
import org.sessionledger.app.openclaw.GatewayFrame.OfSession;
import org.sessionledger.app.openclaw.GatewayFrame.Projection;
import org.sessionledger.app.openclaw.GatewayFrame.ResetSeen;
import org.sessionledger.app.openclaw.GatewayFrame.RestoreSeen;
import org.sessionledger.app.openclaw.GatewayFrame.Resumed;
import org.sessionledger.app.openclaw.GatewayFrame.RunReport;
import org.sessionledger.app.openclaw.GatewayFrame.ShuttingDown;
import org.sessionledger.app.openclaw.GatewayFrame.Unaddressed;
import org.sessionledger.app.openclaw.SessionTrack.Held;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.SessionCommand.ForkSession;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.SessionCommand.ReportGap;

/**
 * Frames in, commands out: no clock, no I/O, the same frames always give the same commands. After
 * an {@link OpenSession} it waits to be told, by {@link #opened}, what became of it.
 *
 * <p>Memory is bounded: sessions and runs that were looked at longest ago are forgotten, and so few
 * frames wait for a session id that a gateway which never tells one fills nothing.
 */
final class Translator {

  /** Sessions that are remembered. */
  private static final int SESSIONS_MAX = 50_000;

  /** Runs that are remembered, over all sessions. */
  private static final int RUNS_MAX = 100_000;

  /** Frames of one session that wait for its id. */
  private static final int HELD_MAX = 256;

  /** Characters of all the frames that wait, over all sessions. */
  private static final long HELD_CHARS_MAX = 32L * 1_024 * 1_024;

  /** What a frame takes besides its error message: names of the longest, and what holds them. */
  private static final long HELD_CHARS_EACH = 1_024;

  private final GatewayProcess process = new GatewayProcess();
  private final Outbox outbox = new Outbox(process);
  private final Runs runs = new Runs(RUNS_MAX);
  private final Rotations rotations = new Rotations(outbox);
  private final Reports reports = new Reports(outbox, runs, rotations);
  private final Missed missed = new Missed();
  private final Map<SessionKey, SessionTrack> sessions = Runs.leastRecentlyUsed(SESSIONS_MAX);
  private final Map<SessionKey, SessionTrack> waiting = Runs.leastRecentlyUsed(SESSIONS_MAX);
  private @Nullable SessionKey lastBranched;
  private long connection;
  private long silent;
  private long heldChars;

  /** Frames that had nothing to say about the life of a session. */
  long silent() {
    return silent;
  }

  /** Every session that was opened and is still remembered, in no particular order. */
  List<SessionTrack> sessions() {
    return sessions.values().stream().filter(SessionTrack::known).toList();
  }

  /** A session that is known; null when it is not, or is forgotten. */
  @Nullable SessionTrack session(SessionKey key) {
    SessionTrack session = sessions.get(key);
    return session == null || !session.known() ? null : session;
  }

  List<Translated> translate(GatewayFrame frame) {
    if (frame instanceof OfSession ofSession) {
      ofSession(ofSession);
    } else if (frame instanceof Unaddressed report) {
      unaddressed(report);
    } else if (frame instanceof Hello hello) {
      hello(hello);
    } else if (frame instanceof Closed closed) {
      gap();
      process.closed(closed);
    } else if (frame instanceof ShuttingDown) {
      process.shuttingDown();
    } else if (frame instanceof Listing listing) {
      list(listing);
    } else if (frame instanceof GapEnded gap) {
      tell(gap);
    } else if (frame instanceof Resumed resumed) {
      resume(resumed);
    } else {
      silent++;
    }
    return outbox.take();
  }

  /**
   * The end of what there is to see: a gap, and no sign that the gateway died.
   *
   * @param at when the last frame was heard
   */
  List<Translated> end(@Nullable Long at) {
    gap();
    process.lost(at);
    return outbox.take();
  }

  /** A run may forget its session, but not its id. */
  private void unaddressed(Unaddressed report) {
    SessionKey key = runs.sessionOf(report.facts().runId());
    if (key == null) {
      silent++;
    } else {
      ofSession(new RunReport(report.place(), key, report.facts()));
    }
  }

  private void ofSession(OfSession frame) {
    process.seen(frame.place());
    outbox.instance = process.instance();
    SessionTrack session = sessions.computeIfAbsent(frame.sessionKey(), SessionTrack::new);
    session.on(connection);
    if (frame instanceof RunReport report) {
      missed.heardOf(session.key, report.facts().runId());
    } else if (frame instanceof Projection projection) {
      missed.heardOf(session.key, projection.runId());
    }
    if (session.known() && !session.opening) {
      known(session, frame);
    } else {
      unknown(session, frame);
    }
    if (frame.row() != null && session.known() && !session.closed) {
      session.lastRow = frame.row();
    }
  }

  private void unknown(SessionTrack session, OfSession frame) {
    if (session.opening) {
      hold(session, frame);
      return;
    }
    SessionId shown = frame.shownId();
    boolean definitive = frame instanceof ResetSeen || frame instanceof RestoreSeen;
    if (frame instanceof BranchSeen branch && branched(session, branch)) {
      return;
    }
    if (shown != null && !(definitive && !session.held.isEmpty())) {
      open(session, shown, frame.place(), "first seen");
      if (definitive) {
        began(session, frame, shown);
      } else {
        hold(session, frame);
      }
      return;
    }
    boolean says = frame instanceof RunReport || frame instanceof Projection;
    if (says || !session.held.isEmpty()) {
      hold(session, frame);
      if (definitive || full(session)) {
        openInferred(session);
      }
    }
  }

  /** The session is met at a rotation: what it was before is not known, and is over. */
  private static void began(SessionTrack session, OfSession frame, SessionId shown) {
    session.rotatedHere = true;
    if (frame instanceof ResetSeen reset) {
      session.remember(new Change(Kind.RESET, shown, reset.sight(), reset.row().updatedAt()));
    } else if (frame instanceof RestoreSeen restore) {
      session.remember(new Change(Kind.RESTORE, shown, restore.sight(), restore.row().updatedAt()));
    }
  }

  private void open(SessionTrack session, SessionId id, Place place, String why) {
    session.shown = CommandIds.isInferred(id) ? null : id;
    session.ledger = id;
    session.generation = 1;
    session.opening = true;
    session.openedFor = place;
    outbox.put(
        command("open", session.key, id),
        new OpenSession(session.key, id, null, null),
        place,
        null,
        why);
  }

  private void openInferred(SessionTrack session) {
    Held first = session.held.getFirst();
    SessionId id =
        first.frame() instanceof RunReport report
            ? CommandIds.inferred(
                session.key, report.facts().runId(), report.facts().seq(), report.facts().ts())
            : CommandIds.inferred(session.key);
    open(session, id, first.frame().place(), "its session id was not seen");
  }

  /**
   * The ledger answered an {@link OpenSession}.
   *
   * @param current the session id that the ledger has under the key already, and refused to open
   *     another beside; null when it obeyed
   * @param closed whether it has the session closed
   */
  List<Translated> opened(
      SessionKey key, @Nullable SessionId current, long generation, boolean closed) {
    SessionTrack session = sessions.get(key);
    if (session == null || !session.opening) {
      return List.of();
    }
    session.opening = false;
    SessionId asked = session.shown;
    if (current != null) {
      session.generation = generation;
      session.ledger = current;
      session.closed = closed;
      if (!CommandIds.isInferred(current)) {
        session.shown = current;
      }
      if (asked != null && session.openedFor != null && !asked.equals(session.shown)) {
        if (closed) {
          rotations.reopen(session, session.openedFor, asked);
        } else {
          rotations.resetUnwatched(session, session.openedFor, asked);
        }
      }
    }
    flush(session);
    return outbox.take();
  }

  private void known(SessionTrack session, OfSession frame) {
    if (frame instanceof RunReport report) {
      if (reports.mustWait(session, report)) {
        hold(session, report);
      } else {
        reports.report(session, report);
      }
    } else if (frame instanceof Projection projection) {
      project(session, projection);
    } else if (frame instanceof ResetSeen reset) {
      SessionId to = reset.row().sessionId();
      if (to != null && !rotations.seenBefore(session, Kind.RESET, reset, reset.sight())) {
        flush(session); // What came before the reset belongs to before it.
        rotations.reset(session, reset, to);
      }
      show(session, reset);
    } else if (frame instanceof CompactionSeen compaction) {
      if (!session.closed
          && !rotations.seenBefore(session, Kind.COMPACTION, compaction, compaction.sight())) {
        flush(session);
        rotations.compact(session, compaction);
      }
      show(session, compaction);
    } else if (frame instanceof RestoreSeen restore) {
      SessionId to = restore.row().sessionId();
      if (to != null
          && !session.closed
          && !rotations.seenBefore(session, Kind.RESTORE, restore, restore.sight())) {
        flush(session);
        rotations.restore(session, restore, to);
      }
      show(session, restore);
    } else if (frame instanceof DeleteSeen delete) {
      flush(session);
      rotations.close(session, delete);
    } else if (frame instanceof CompactionSign sign) {
      session.compacting = session.closed ? null : sign;
      session.compactorEnded = false;
    } else {
      if (frame instanceof BranchSeen) {
        lastBranched = session.key;
      }
      show(session, frame);
    }
  }

  /** The row tells the session's id, and with it the id of what waited for it. */
  private void show(SessionTrack session, OfSession frame) {
    SessionId shown = frame.shownId();
    if (shown != null) {
      rotations.show(session, frame, shown);
      if (session.retired(shown) == null || isOfWhatWaits(session, frame)) {
        flush(session);
      }
    }
  }

  /**
   * The row that was made for a waiting run shows an id that has ended: the gateway went back to
   * it. No other row will come, and an ended generation does not go on: the run is the current
   * one's.
   */
  private static boolean isOfWhatWaits(SessionTrack session, OfSession frame) {
    return frame instanceof Projection projection && session.holdsRun(projection.runId());
  }

  private void project(SessionTrack session, Projection projection) {
    // A compacted row learns its id after the run: the run's end was said before that.
    boolean compacted = session.compacting != null;
    if (!compacted) {
      show(session, projection);
    }
    if (reports.mustWait(session, projection)) {
      hold(session, projection);
    } else {
      reports.project(session, projection);
    }
    if (compacted) {
      show(session, projection);
    }
  }

  /** True when the frame tells of a new session whose source is known. */
  private boolean branched(SessionTrack session, BranchSeen branch) {
    SessionKey sourceKey = branch.source() == null ? lastBranched : branch.source();
    SessionTrack source = sourceKey == null ? null : sessions.get(sourceKey);
    SessionId id = branch.row().sessionId();
    if (source == null || !source.known() || id == null || source.key.equals(session.key)) {
      return false;
    }
    SessionTrack.Retired from = branch.from() == null ? null : source.retired(branch.from());
    outbox.put(
        command("fork", source.key, session.key, id),
        new ForkSession(source.key, session.key, from == null ? null : from.generation(), id),
        branch.place(),
        null,
        "checkpoint-branch");
    session.shown = id;
    session.ledger = id;
    session.generation = 1;
    flush(session);
    return true;
  }

  private void hold(SessionTrack session, OfSession frame) {
    session.held.addLast(new Held(frame, process.instance()));
    waiting.put(session.key, session);
    heldChars += chars(frame);
    if (session.known() && !session.opening && full(session)) {
      flush(session);
    }
  }

  private boolean full(SessionTrack session) {
    if (heldChars > HELD_CHARS_MAX) {
      // Sessions that were forgotten took their frames with them.
      heldChars =
          waiting.values().stream()
              .flatMap(s -> s.held.stream())
              .mapToLong(held -> chars(held.frame()))
              .sum();
    }
    return session.held.size() >= HELD_MAX || heldChars > HELD_CHARS_MAX;
  }

  private static long chars(OfSession frame) {
    String error = frame instanceof RunReport report ? report.facts().errorMessage() : null;
    return HELD_CHARS_EACH + (error == null ? 0 : error.length());
  }

  /** Translates what waited, under the session id that is the current one now. */
  private void flush(SessionTrack session) {
    waiting.remove(session.key);
    List<Held> held = new ArrayList<>(session.held);
    session.held.clear();
    held.forEach(one -> heldChars -= chars(one.frame()));
    String now = outbox.instance;
    for (Held one : held) {
      outbox.instance = one.instance();
      if (one.frame() instanceof RunReport report) {
        reports.report(session, report);
      } else {
        known(session, one.frame());
      }
    }
    outbox.instance = now;
  }

  /** Nothing more will be heard on this connection. */
  private void gap() {
    for (SessionTrack session : List.copyOf(waiting.values())) {
      if (session.known()) {
        flush(session);
      } else {
        openInferred(session);
      }
    }
    for (SessionTrack session : sessions.values()) {
      CompactionSign sign = session.compacting;
      SessionId id = session.shown;
      if (sign != null && id != null && !session.closed) {
        outbox.instance = process.instance();
        rotations.compactByEvidence(session, sign.place(), id, "compacted in place");
      }
    }
    missed.lost(openRuns());
    connection++;
  }

  private void hello(Hello hello) {
    gap();
    String dead = process.hello(hello);
    if (dead == null) {
      return;
    }
    // By session: another gateway's process, started in the same second, may have the same name.
    Set<SessionKey> sessionsOfDead = runs.interrupt(dead);
    waiting.values().stream().filter(s -> s.opening).forEach(s -> sessionsOfDead.add(s.key));
    outbox.instance = process.instance();
    for (SessionKey key : sessionsOfDead) {
      outbox.put(
          command("interrupt", key, dead, process.instance(), hello.at()),
          new InterruptRuns(key, dead, null, null, null),
          hello.place(),
          null,
          "the gateway was started anew");
    }
  }

  /** A listed row counts for a session that is open, and opens none. */
  private void list(Listing listing) {
    outbox.instance = process.instance();
    listing
        .rows()
        .forEach(
            (key, row) -> {
              SessionTrack session = sessions.get(key);
              if (session == null || !session.known()) {
                missed.shown(key, row);
              } else if (!session.closed) {
                if (row.isAnother(session.lastRow)) {
                  missed.concerns(key);
                }
                session.lastRow = row;
              }
              if (Boolean.FALSE.equals(row.hasActiveRun()) && !"running".equals(row.status())) {
                missed.takeRuns(key).forEach(run -> reports.unheardEnd(run, row, listing.place()));
              }
            });
  }

  private void tell(GapEnded gap) {
    outbox.instance = process.instance();
    for (SessionKey key : gap.sessions()) {
      outbox.put(
          command("gap", key, gap.from(), gap.to()),
          new ReportGap(key, gap.from(), gap.to()),
          gap.place(),
          null,
          gap.why());
    }
  }

  private void resume(Resumed resumed) {
    process.resumed(resumed.instance(), resumed.bootId(), resumed.heardAt());
    for (Missed.OpenRun open : resumed.runs()) {
      RunTrack run = new RunTrack(0, resumed.instance());
      run.attempt = open.attempt();
      runs.put(open.sessionKey(), open.runId(), run);
    }
    missed.resumed(resumed.heardAt());
  }

  /** The sessions that the gap before the listing may concern. */
  Missed.Sessions takeMissed() {
    return missed.take();
  }

  /**
   * What somebody needs who goes on from here later.
   *
   * @param heardAt when the gateway was heard last, in milliseconds
   */
  Resumed standing(Place place, @Nullable Long heardAt) {
    return new Resumed(place, process.instance(), process.bootId(), heardAt, openRuns());
  }

  private List<Missed.OpenRun> openRuns() {
    return runs.open(
        (key, run) -> {
          SessionTrack session = sessions.get(key);
          return session == null || (!session.closed && run.life >= session.lifeOfReset);
        });
  }
}
