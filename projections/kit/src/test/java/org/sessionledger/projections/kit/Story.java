package org.sessionledger.projections.kit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.RunPolicy;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Source;

/** Accepted events as a ledger would have recorded them, told step by step or at random. */
public final class Story {

  public static final Instant BEGINNING = Instant.parse("2026-05-31T09:00:00Z");

  /** What a session is at one moment of the story. */
  private static final class Life {
    final long no;
    Generation generation;
    SessionStatus status;
    boolean over;
    final Map<RunId, RunAttempt> open = new LinkedHashMap<>();
    final Map<RunId, Long> lastAttempt = new HashMap<>();
    final List<RunAttempt> interrupted = new ArrayList<>();
    int ids;

    Life(long no) {
      this.no = no;
    }
  }

  private final Map<SessionKey, Life> lives = new LinkedHashMap<>();
  private final List<RecordedEvent> events = new ArrayList<>();
  private Provenance provenance =
      new Provenance(new Source("gateway", "gw-1", null), null, null, null, null);

  public List<RecordedEvent> events() {
    return List.copyOf(events);
  }

  /** Who sends from here on. */
  public Story by(String actor, String reason) {
    provenance = new Provenance(new Source("gateway", "gw-1", null), actor, reason, null, null);
    return this;
  }

  public static SessionKey key(String value) {
    return new SessionKey(value);
  }

  public Generation generation(SessionKey key) {
    return life(key).generation;
  }

  public SessionStatus status(SessionKey key) {
    return life(key).status;
  }

  public List<RunAttempt> open(SessionKey key) {
    return List.copyOf(life(key).open.values());
  }

  public RecordedEvent opened(SessionKey key, String sessionId) {
    return opened(key, Generation.first(new SessionId(sessionId)), null);
  }

  private RecordedEvent opened(SessionKey key, Generation first, SessionEvent.Origin origin) {
    Life life = new Life(lives.size() + 1);
    life.generation = first;
    lives.put(key, life);
    return add(
        key,
        new SessionEvent.SessionOpened(
            key, first, RunPolicy.CONCURRENT, Map.of("channel", "C1"), origin));
  }

  public RecordedEvent started(SessionKey key, String run) {
    Life life = life(key);
    RunId id = new RunId(run);
    long attempt = life.lastAttempt.merge(id, 1L, Long::sum);
    boolean replaces = life.open.put(id, new RunAttempt(id, attempt)) != null;
    return add(
        key,
        new SessionEvent.RunStarted(
            key, life.generation, id, attempt, "gw-1", null, false, replaces));
  }

  public RecordedEvent progressed(SessionKey key, String run, String note, Long tokens) {
    RunAttempt open = life(key).open.get(new RunId(run));
    return add(
        key,
        new SessionEvent.RunProgressed(
            key, life(key).generation, open.runId(), open.attempt(), note, tokens));
  }

  public RecordedEvent completed(SessionKey key, String run) {
    RunAttempt ended = end(key, run);
    return add(
        key,
        new SessionEvent.RunCompleted(
            key, life(key).generation, ended.runId(), ended.attempt(), false));
  }

  public RecordedEvent failed(SessionKey key, String run, String kind, String message) {
    RunAttempt ended = end(key, run);
    return add(
        key,
        new SessionEvent.RunFailed(
            key, life(key).generation, ended.runId(), ended.attempt(), kind, message, null, false));
  }

  public RecordedEvent aborted(SessionKey key, String run) {
    RunAttempt ended = end(key, run);
    return add(
        key,
        new SessionEvent.RunAborted(
            key, life(key).generation, ended.runId(), ended.attempt(), false));
  }

  public RecordedEvent interrupted(SessionKey key, String run) {
    RunAttempt ended = end(key, run);
    life(key).interrupted.add(ended);
    return add(
        key,
        new SessionEvent.RunInterrupted(
            key, life(key).generation, ended.runId(), ended.attempt(), "gw-1"));
  }

  /** The real end of a run that was presumed lost. */
  public RecordedEvent corrected(SessionKey key, String run) {
    Life life = life(key);
    RunAttempt lost =
        life.interrupted.stream()
            .filter(each -> each.runId().value().equals(run))
            .findFirst()
            .orElseThrow();
    life.interrupted.remove(lost);
    return add(
        key,
        new SessionEvent.RunCompleted(key, life.generation, lost.runId(), lost.attempt(), true));
  }

  /**
   * @param newSessionId null: in place
   */
  public RecordedEvent reset(SessionKey key, String newSessionId) {
    Life life = life(key);
    Generation ended = life.generation;
    List<RunAttempt> superseded = rotate(life, newSessionId, List.of());
    return add(key, new SessionEvent.SessionReset(key, life.generation, ended, superseded));
  }

  public RecordedEvent compacted(SessionKey key, String newSessionId, String... carry) {
    Life life = life(key);
    Generation ended = life.generation;
    List<RunAttempt> carried = new ArrayList<>();
    for (String run : carry) {
      carried.add(life.open.get(new RunId(run)));
    }
    List<RunAttempt> superseded = rotate(life, newSessionId, carried);
    return add(
        key,
        new SessionEvent.SessionCompacted(
            key,
            life.generation,
            ended,
            new CompactionId("compaction-" + life.generation.number()),
            CompactionTrigger.AUTO,
            carried,
            superseded,
            100L,
            10L));
  }

  public RecordedEvent restored(SessionKey key, Generation continues, String newSessionId) {
    Life life = life(key);
    Generation ended = life.generation;
    List<RunAttempt> superseded = rotate(life, newSessionId, List.of());
    return add(
        key, new SessionEvent.SessionRestored(key, life.generation, ended, continues, superseded));
  }

  public RecordedEvent begun(SessionKey key) {
    Life life = life(key);
    return add(
        key,
        new SessionEvent.CompactionBegun(
            key, life.generation, new CompactionId("begun-" + ++life.ids), 1));
  }

  public void forked(SessionKey key, SessionKey newKey) {
    Life life = life(key);
    Generation first = Generation.first(new SessionId("fork-of-" + life.no));
    add(key, new SessionEvent.SessionForked(key, life.generation, life.generation, newKey, first));
    opened(
        newKey,
        first,
        new SessionEvent.Origin(SessionEvent.Origin.Kind.FORK, key, life.generation));
  }

  public void migrated(SessionKey key, SessionKey newKey) {
    Life life = life(key);
    Generation first = Generation.first(new SessionId("moved-from-" + life.no));
    List<RunAttempt> superseded = over(life);
    add(
        key,
        new SessionEvent.SessionMigrated(
            key, life.generation, life.generation, newKey, first, superseded));
    opened(
        newKey,
        first,
        new SessionEvent.Origin(SessionEvent.Origin.Kind.MIGRATION, key, life.generation));
  }

  public RecordedEvent closed(SessionKey key) {
    Life life = life(key);
    List<RunAttempt> superseded = over(life);
    return add(
        key, new SessionEvent.SessionClosed(key, life.generation, life.generation, superseded));
  }

  public RecordedEvent reopened(SessionKey key, String newSessionId) {
    Life life = life(key);
    Generation closed = life.generation;
    life.generation = closed.next(new SessionId(newSessionId));
    life.over = false;
    return add(key, new SessionEvent.SessionReopened(key, life.generation, closed));
  }

  private static List<RunAttempt> over(Life life) {
    List<RunAttempt> superseded = List.copyOf(life.open.values());
    life.open.clear();
    life.interrupted.clear();
    life.over = true;
    return superseded;
  }

  private static List<RunAttempt> rotate(Life life, String newSessionId, List<RunAttempt> carried) {
    List<RunAttempt> superseded = new ArrayList<>(life.open.values());
    superseded.removeAll(carried);
    life.open.values().retainAll(carried);
    life.interrupted.clear();
    SessionId id = newSessionId == null ? life.generation.sessionId() : new SessionId(newSessionId);
    life.generation = life.generation.next(id);
    return superseded;
  }

  private RunAttempt end(SessionKey key, String run) {
    return life(key).open.remove(new RunId(run));
  }

  private Life life(SessionKey key) {
    return lives.get(key);
  }

  private String command(long position) {
    ObjectNode node = Json.mapper().createObjectNode().put("commandId", "c-" + position);
    node.set("source", Json.mapper().valueToTree(provenance.source()));
    node.put("actor", provenance.actor());
    node.put("reason", provenance.reason());
    return Json.write(node);
  }

  /** Any fact, as the next one of its session. */
  public RecordedEvent add(SessionKey key, SessionEvent event) {
    Life life = life(key);
    long position = events.size() + 1;
    long version = life.status == null ? 1 : life.status.version() + 1;
    Instant at = BEGINNING.plusMillis(position);
    life.status = SessionStatus.after(life.status, event, version, position, at);
    RecordedEvent recorded =
        new RecordedEvent(
            position,
            life.no,
            version,
            event.type(),
            Json.write(event),
            at,
            event.type(),
            command(position),
            Json.write(life.status));
    events.add(recorded);
    return recorded;
  }

  /** A story over a few sessions that holds every kind of event. */
  public static Story random(long seed, int length) {
    Story story = new Story();
    Random random = new Random(seed);
    while (story.events.size() < length) {
      List<SessionKey> alive =
          story.lives.entrySet().stream()
              .filter(life -> life.getValue().status.movedTo() == null)
              .map(Map.Entry::getKey)
              .toList();
      if (alive.size() < 4 || random.nextInt(60) == 0) {
        story.opened(key("session " + story.lives.size()), "s-" + story.lives.size());
      } else {
        story.step(alive.get(random.nextInt(alive.size())), random);
      }
    }
    return story;
  }

  private void step(SessionKey key, Random random) {
    Life life = life(key);
    String newId = "s-" + life.no + "-" + ++life.ids;
    if (life.over) {
      reopened(key, newId);
      return;
    }
    by(random.nextBoolean() ? "ann" : null, random.nextBoolean() ? "because \u0000 of it" : null);
    List<RunAttempt> open = open(key);
    String run = open.isEmpty() ? null : open.get(random.nextInt(open.size())).runId().value();
    int choice = random.nextInt(100);
    if (choice < 30 || (run == null && choice < 80)) {
      started(key, "r-" + random.nextInt(life.ids + 1));
    } else if (choice < 45) {
      progressed(key, run, random.nextBoolean() ? "note" : null, (long) random.nextInt(1000));
    } else if (choice < 55) {
      completed(key, run);
    } else if (choice < 62) {
      failed(key, run, "timeout", "the socket \u0000 broke");
    } else if (choice < 66) {
      aborted(key, run);
    } else if (choice < 70) {
      interrupted(key, run);
    } else if (choice < 80) {
      if (life.interrupted.isEmpty()) {
        begun(key);
      } else {
        RunAttempt lost = life.interrupted.get(0);
        if (life.lastAttempt.get(lost.runId()) == lost.attempt()) {
          corrected(key, lost.runId().value());
        } else {
          life.interrupted.remove(0);
        }
      }
    } else if (choice < 86) {
      reset(key, random.nextBoolean() ? newId : null);
    } else if (choice < 92) {
      compacted(key, newId, run == null ? new String[0] : new String[] {run});
    } else if (choice < 94) {
      restored(key, life.generation, newId);
    } else if (choice < 96) {
      forked(key, key("session " + lives.size()));
    } else if (choice < 97) {
      migrated(key, key("session " + lives.size()));
    } else {
      closed(key);
    }
  }
}
