package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Comparison;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Verdict;

/**
 * Imports what OpenClaw keeps on disk. Nothing is written there. What the ledger knows already,
 * from an import, a replay or a live gateway, is asked for first and not said again.
 */
public final class StoreImport {

  /** Sessions that are looked up, told and compared together. */
  private static final int SESSIONS = 500;

  /** Commands that are handed over together. */
  private static final int BATCH = 2_000;

  /** Findings that are told in full; the rest is counted. */
  private static final int TOLD_MAX = 1_000;

  private final Decider decider;
  private final Known.Source ledger;
  private final ImportListener listener;

  private final Map<Verdict, Long> verdicts = new HashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private final List<Import.WouldRefuse> wouldRefuse = new ArrayList<>();
  private final List<Replay.LedgerSession> sessions = new ArrayList<>();
  private final List<Replay.Difference> differences = new ArrayList<>();
  private final List<String> torn = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();
  private final Findings findings = new Told();
  private final Map<SessionKey, Long> versions = new HashMap<>();
  private final Map<SessionKey, Map<SessionId, Long>> forkSources = new HashMap<>();
  private final Map<String, String> causes = new HashMap<>();
  private final List<Order> pending = new ArrayList<>();
  private List<History> decided = List.of();
  private long unreadableRecords;
  private long sessionsRead;
  private long sessionsKnown;
  private long runsTooLate;
  private long unnamedTranscripts;

  private StoreImport(Decider decider, Known.Source ledger, ImportListener listener) {
    this.decider = decider;
    this.ledger = ledger;
    this.listener = listener;
  }

  /**
   * Imports a folder: the gateway's state folder, an agent's folder in it, or one that holds a
   * {@code sessions.json}.
   *
   * @param agent imports only this one; null: all
   * @throws IOException when the folder itself cannot be read
   */
  public static Import run(
      Path folder,
      @Nullable String agent,
      Decider decider,
      Known.Source ledger,
      ImportListener listener)
      throws IOException {
    StoreImport run = new StoreImport(decider, ledger, listener);
    Folder root = new Folder(folder, run.findings);
    for (AgentFolder found : AgentFolder.find(root, agent)) {
      run.agent(root, found);
    }
    return run.result();
  }

  private void agent(Folder root, AgentFolder found) {
    tell(found.read(root, findings, listener));
  }

  private void tell(Store store) {
    Historian historian = new Historian(store, findings);
    List<Store.Session> inOrder = sourcesFirst(store);
    Set<SessionId> named = new HashSet<>();
    List<History> together = new ArrayList<>(SESSIONS);
    long done = 0;
    for (Store.Session session : inOrder) {
      History history = historian.history(session);
      done++;
      if (history == null) {
        continue;
      }
      history.stages().forEach(stage -> named.add(stage.id()));
      // A source must be in the ledger before what was forked from it.
      if (history.forkKey() != null && !together.isEmpty()) {
        tell(together);
        together.clear();
      }
      together.add(history);
      if (together.size() == SESSIONS) {
        tell(together);
        together.clear();
        listener.progress("deciding " + store.agent, done, inOrder.size());
      }
    }
    tell(together);
    unnamedTranscripts += store.lives.keySet().stream().filter(id -> !named.contains(id)).count();
  }

  private List<Store.Session> sourcesFirst(Store store) {
    Set<Store.Session> ordered = new LinkedHashSet<>();
    for (Store.Session session : store.sessions.values()) {
      List<Store.Session> chain = new ArrayList<>();
      Store.Session at = session;
      while (at != null && !ordered.contains(at) && !chain.contains(at) && chain.size() < 1_000) {
        chain.add(at);
        SessionKey source = at.row == null ? null : at.row.forkKey();
        if (source != null) {
          forkSources.putIfAbsent(source, new HashMap<>());
        }
        at = source == null ? null : store.sessions.get(source);
      }
      for (int i = chain.size() - 1; i >= 0; i--) {
        ordered.add(chain.get(i));
      }
    }
    return new ArrayList<>(ordered);
  }

  private void tell(List<History> histories) {
    if (histories.isEmpty()) {
      return;
    }
    sessionsRead += histories.size();
    List<Ruling> probes = decider.decide(histories.stream().map(Planner::probe).toList());
    for (int i = 0; i < histories.size(); i++) {
      History history = histories.get(i);
      Planner.Plan plan = plan(history, probes.get(i));
      runsTooLate += plan.missed();
      remember(history, plan);
      plan.orders().forEach(this::put);
    }
    decide();
    histories.forEach(this::claims);
    // The views have had time to follow: nobody waits for them here.
    decided.forEach(this::compare);
    decided = List.copyOf(histories);
  }

  private Planner.Plan plan(History history, Ruling probe) {
    if (probe.verdict() == Verdict.ACCEPTED) {
      versions.put(history.key(), 0L);
      SessionKey forkKey = history.forkKey();
      Map<SessionId, Long> source = forkKey == null ? null : forkSources.get(forkKey);
      if (source == null || source.isEmpty()) {
        return Planner.whole(history, null, false);
      }
      SessionId from = history.forkId();
      return Planner.whole(history, from == null ? null : source.get(from), true);
    }
    sessionsKnown++;
    versions.put(history.key(), probe.version());
    Known known = ledger.of(history.key(), probe.version());
    if (known == null) {
      return new Planner.Plan(List.of(), 1, 0, false);
    }
    boolean closed =
        Reason.SESSION_CLOSED.code().equals(probe.reason())
            || Reason.SESSION_MIGRATED.code().equals(probe.reason());
    return Planner.rest(history, known, closed);
  }

  /** Only what a fork will ask for. */
  private void remember(History history, Planner.Plan plan) {
    Map<SessionId, Long> generations = forkSources.get(history.key());
    if (generations != null && plan.aligned() && history.closed() == null) {
      for (int i = 0; i < history.stages().size(); i++) {
        if (i + plan.shift() > 0) {
          generations.put(history.stages().get(i).id(), i + plan.shift());
        }
      }
    }
  }

  private void put(Order order) {
    pending.add(order);
    if (pending.size() >= BATCH) {
      decide();
    }
  }

  private void decide() {
    if (pending.isEmpty()) {
      return;
    }
    List<Ruling> rulings = decider.decide(pending.stream().map(Order::arrival).toList());
    for (int i = 0; i < rulings.size(); i++) {
      Order order = pending.get(i);
      Ruling ruling = rulings.get(i);
      verdicts.merge(ruling.verdict(), 1L, Long::sum);
      if (ruling.reason() != null) {
        reasons.merge(ruling.reason(), 1L, Long::sum);
      }
      SessionKey key = order.arrival().command().sessionKey();
      if (key != null && versions.containsKey(key)) {
        versions.merge(key, ruling.version(), Math::max);
      }
      listener.decided(order, ruling);
    }
    pending.clear();
  }

  /** Asked, and not said: the change is the past's, and importing twice must add nothing. */
  private void claims(History history) {
    if (history.claims().isEmpty()) {
      return;
    }
    List<Order> asked =
        history.claims().stream().map(c -> Planner.question(history.key(), c)).toList();
    List<Ruling> rulings = decider.decide(asked.stream().map(Order::arrival).toList());
    for (int i = 0; i < rulings.size(); i++) {
      Claim claim = history.claims().get(i);
      Ruling ruling = rulings.get(i);
      if (ruling.verdict() == Verdict.REJECTED) {
        if (claim.attempt() != null) {
          causes.put(history.key().value(), claim.runId().value());
        }
        wouldRefuse.add(
            new Import.WouldRefuse(
                history.key().value(),
                claim.attempt() == null ? null : claim.runId().value(),
                claim.what(),
                String.valueOf(ruling.reason()),
                asked.get(i).where()));
      }
    }
  }

  private void compare(History history) {
    SessionKey key = history.key();
    Long version = versions.remove(key);
    decider
        .session(key, version == null ? 0 : version)
        .ifPresent(
            held -> {
              sessions.add(held);
              Row row = history.row();
              if (row != null) {
                difference(row, held);
              }
            });
  }

  private void difference(Row row, Replay.LedgerSession held) {
    String run = causes.get(held.sessionKey());
    Comparison.difference(
            row.shown(),
            row.sessionId(),
            held,
            run == null ? null : new Comparison.Explanation(new RunId(run), null))
        .ifPresent(differences::add);
  }

  private Import result() {
    decided.forEach(this::compare);
    long accepted = verdicts.getOrDefault(Verdict.ACCEPTED, 0L);
    long duplicates = verdicts.getOrDefault(Verdict.DUPLICATE, 0L);
    long rejected = verdicts.getOrDefault(Verdict.REJECTED, 0L);
    return new Import(
        accepted + duplicates + rejected,
        accepted,
        duplicates,
        rejected,
        new LinkedHashMap<>(reasons),
        wouldRefuse,
        sessions,
        differences,
        torn,
        unreadable,
        unreadableRecords,
        sessionsRead,
        sessionsKnown,
        runsTooLate,
        unnamedTranscripts);
  }

  /** Keeps what was found, and tells it. */
  private final class Told implements Findings {

    @Override
    public void unreadable(Where where, String problem) {
      unreadableRecords++;
      String place = Words.whole(where.toString());
      String what = Words.whole(problem);
      if (unreadable.size() < TOLD_MAX) {
        unreadable.add(place + ": " + what);
      }
      listener.unreadable(place, what);
    }

    @Override
    public void torn(Where where, String what) {
      if (torn.size() < TOLD_MAX) {
        torn.add(Words.whole(where + ": " + what));
      }
    }
  }
}
