package org.sessionledger.app.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.audit.BadBundle;
import org.sessionledger.core.store.audit.BundleReader;

/**
 * Decides a session's recorded arrivals again, in their order and with the present code, on a
 * ledger in memory, and tells what is decided otherwise. What the rest of the recorded ledger had
 * to do with a decision is made so first: a key that was taken, a command id that was used.
 */
public final class Redecision implements AutoCloseable {

  /** Differences that are told one by one. */
  static final int DIFFERENCES_MAX = 1_000;

  /** Most events that one command makes happen in one session, and one more. */
  private static final int EVENTS_MAX = 1_001;

  /**
   * What came of it.
   *
   * @param steps arrivals that were decided again: of coalesced ones the first and the last
   * @param notRepeatable arrivals that were no commands, and of which only a text was kept
   * @param different how many were decided otherwise
   * @param differences the first of these
   */
  public record Report(
      String sessionKey,
      long steps,
      long accepted,
      long duplicates,
      long rejected,
      long notRepeatable,
      long different,
      List<Difference> differences) {}

  private final SessionKey key;
  private final SessionKey elsewhere;
  private final Scratch scratch = new Scratch();
  private final List<Difference> differences = new ArrayList<>();
  private long steps;
  private long accepted;
  private long duplicates;
  private long rejected;
  private long notRepeatable;
  private long different;
  private long version;

  private Redecision(String sessionKey) {
    key = new SessionKey(sessionKey);
    elsewhere = new SessionKey(sessionKey.equals("elsewhere") ? "somewhere" : "elsewhere");
  }

  /**
   * Decides a bundle again.
   *
   * @param sessionKey the bundle's, as it was read before
   */
  public static Report of(InputStream bundle, String sessionKey) throws IOException, BadBundle {
    try (Redecision again = new Redecision(sessionKey)) {
      Steps steps = new Steps(again::decide);
      BundleReader.read(bundle, steps);
      steps.end();
      return again.report();
    }
  }

  private Report report() {
    return new Report(
        key.value(),
        steps,
        accepted,
        duplicates,
        rejected,
        notRepeatable,
        different,
        List.copyOf(differences));
  }

  private void decide(Step step) {
    Incoming incoming = incoming(step);
    if (incoming == null) {
      notRepeatable++;
      return;
    }
    steps++;
    switch (step.verdict()) {
      case ACCEPTED -> accepted++;
      case DUPLICATE -> duplicates++;
      case REJECTED -> rejected++;
    }
    prepare(step, incoming);
    Decision decision = scratch.decide(incoming, step.at(), made(step));
    compare(step, decision);
  }

  /** The arrival again; null when it was kept as a text that may have been cut. */
  private @Nullable Incoming incoming(Step step) {
    JsonNode received = step.command().get("received");
    if (received != null) {
      return received.has("raw") && received.has("characters")
          ? null
          : CommandJson.read(received, () -> new CommandId(step.commandId()));
    }
    Arrival arrival = CommandJson.recall(step.command());
    return key.equals(arrival.command().sessionKey())
        ? arrival
        : Arrival.of(arrival.commandId(), asSeenHere(step, arrival), arrival.provenance());
  }

  /** A command to another key, or to all of them, as far as it concerned this session. */
  private SessionCommand asSeenHere(Step step, Arrival arrival) {
    SessionEvent first = step.events().get(0);
    if (first instanceof SessionEvent.SessionOpened opened) {
      return new SessionCommand.OpenSession(
          key, opened.generation().sessionId(), opened.runPolicy(), opened.attributes());
    }
    if (arrival.command() instanceof SessionCommand.InterruptRuns all) {
      return new SessionCommand.InterruptRuns(key, all.instance(), null, null, null);
    }
    throw new IllegalStateException(
        "a " + step.type() + " to another key made a " + first.type() + " of this one");
  }

  /** Makes so what was so elsewhere in the recorded ledger. */
  private void prepare(Step step, Incoming incoming) {
    String taken = step.text("newSessionKey");
    if ("already-open".equals(step.reason())
        && taken != null
        && scratch.ledger().reader().session(new SessionKey(taken)).isEmpty()) {
      openElsewhere(new SessionKey(taken), Ledger.newCommandId(), step.at());
    }
    if ("command-id-reused".equals(step.reason()) && incoming instanceof Arrival arrival) {
      Arrival dry = new Arrival(arrival.commandId(), arrival.command(), arrival.provenance(), true);
      Decision would = scratch.decide(dry, step.at(), List.of());
      if (!"command-id-reused".equals(reason(would))) {
        openElsewhere(elsewhere, Ledger.newCommandId(), step.at());
        scratch.decide(
            Arrival.of(
                arrival.commandId(),
                new SessionCommand.ResetSession(elsewhere, null, null, null),
                Provenance.NONE),
            step.at(),
            List.of());
      }
    }
  }

  private void openElsewhere(SessionKey other, CommandId id, Instant at) {
    scratch.decide(
        Arrival.of(id, new SessionCommand.OpenSession(other, null, null, null), Provenance.NONE),
        at,
        List.of());
  }

  /** The session ids that an accepted command got, in case that it left them to the ledger. */
  private static Set<SessionId> made(Step step) {
    Set<SessionId> made = new LinkedHashSet<>();
    for (SessionEvent event : step.events()) {
      if (event instanceof SessionEvent.SessionForked forked) {
        made.add(forked.newGeneration().sessionId());
      } else if (event instanceof SessionEvent.SessionMigrated migrated) {
        made.add(migrated.newGeneration().sessionId());
      } else {
        made.add(event.generation().sessionId());
      }
    }
    return made;
  }

  private void compare(Step step, Decision decision) {
    List<SessionEvent> events =
        scratch.ledger().reader().eventsOf(key, version, EVENTS_MAX).stream()
            .map(RecordedEvent::event)
            .toList();
    version += events.size();
    ObjectNode recorded = JsonNodeFactory.instance.objectNode();
    ObjectNode now = JsonNodeFactory.instance.objectNode();
    recorded.put("verdict", step.verdict().code());
    now.put("verdict", decision.verdict().code());
    boolean same = step.verdict() == decision.verdict();
    same &= put("reason", text(step.reason()), text(reason(decision)), recorded, now);
    if (step.verdict() == Verdict.ACCEPTED || !events.isEmpty()) {
      same &= put("events", json(step.events()), json(events), recorded, now);
    }
    same &= compareSessions(step, recorded, now);
    if (!same) {
      different++;
      if (differences.size() < DIFFERENCES_MAX) {
        differences.add(
            new Difference(
                step.number(),
                step.at(),
                step.commandId(),
                step.type(),
                step.text("runId"),
                step.decisionId(),
                recorded,
                now));
      }
    }
  }

  /** After an accepted command in full, and what was current at a refusal. */
  private boolean compareSessions(Step step, ObjectNode recorded, ObjectNode now) {
    SessionStatus there = scratch.ledger().reader().session(key).orElse(null);
    if (step.session() != null) {
      return put(
          "session", status(step.session()), there == null ? null : status(there), recorded, now);
    }
    // Of the last of several only the command was kept.
    return step.count() == 0
        || put(
            "session",
            standing(step.current()),
            standing(there == null ? null : there.standing()),
            recorded,
            now);
  }

  /** Where the two say something else, both are shown. */
  private static boolean put(
      String name,
      @Nullable JsonNode one,
      @Nullable JsonNode other,
      ObjectNode recorded,
      ObjectNode now) {
    if (Objects.equals(one, other)) {
      return true;
    }
    if (one != null) {
      recorded.set(name, one);
    }
    if (other != null) {
      now.set(name, other);
    }
    return false;
  }

  private static @Nullable JsonNode text(@Nullable String text) {
    return text == null ? null : JsonNodeFactory.instance.textNode(text);
  }

  private static @Nullable String reason(Decision decision) {
    return decision.refusal() == null ? null : decision.refusal().reason().code();
  }

  /** As texts, so that numbers of any width compare. */
  private static JsonNode json(List<SessionEvent> events) {
    var all = JsonNodeFactory.instance.arrayNode();
    for (SessionEvent event : events) {
      ObjectNode node = (ObjectNode) Json.tree(Json.write(event));
      // It came from another key, which is not here.
      node.remove("origin");
      all.add(JsonNodeFactory.instance.objectNode().put("type", event.type()).setAll(node));
    }
    return all;
  }

  private static JsonNode status(SessionStatus status) {
    ObjectNode node = (ObjectNode) Json.tree(Json.write(status));
    node.remove(List.of("position", "origin"));
    return node;
  }

  private static @Nullable JsonNode standing(@Nullable Standing standing) {
    return standing == null ? null : Json.tree(Json.write(standing));
  }

  @Override
  public void close() {
    scratch.close();
  }
}
