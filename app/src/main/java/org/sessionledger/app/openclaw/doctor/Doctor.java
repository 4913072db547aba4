package org.sessionledger.app.openclaw.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.CommandIds;
import org.sessionledger.app.openclaw.Comparison;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.app.openclaw.Replay.LedgerSession;
import org.sessionledger.app.openclaw.Row;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * Compares every session that a gateway shows with the ledger. What disagrees is looked at twice
 * where the gateway runs, then examined: what kind it is, what proves it, what mends it. Neither
 * side is written to.
 */
public final class Doctor {

  /** Sessions of the ledger that fit: some 300 bytes each. */
  static final int SESSIONS_MAX = 1_000_000;

  /** Sessions that are asked for by their key, since the listing does not show them. */
  private static final int DESCRIBED_MAX = 100;

  /**
   * How to look.
   *
   * @param prefix of the session keys that are looked at; null: all
   * @param settle between the two looks; zero: one look only
   * @param told findings that are examined and told, and as many notes; the rest is counted
   */
  public record Options(@Nullable String prefix, Duration settle, int told, int sessionsMax) {

    public static Options of(@Nullable String prefix, Duration settle, int told) {
      return new Options(prefix, settle, told, SESSIONS_MAX);
    }
  }

  /** Hears how it goes. */
  public interface Listener {

    /** Work is done; nothing of it is known yet. */
    default void progress(String what, long done) {}

    /** So many sessions disagree, and are looked at again. */
    default void again(long sessions, Duration after) {}
  }

  /** A session that disagreed. */
  private record Candidate(ShownSession shown, long version) {}

  private final Patient patient;
  private final Options options;
  private final Listener listener;
  private final LedgerSide ledger;
  private final Examination examination;
  private final Map<SessionKey, Candidate> candidates = new LinkedHashMap<>();
  private final List<Diagnosis.Note> notes = new ArrayList<>();
  private final Hearing hearing = new Hearing();
  private long sessions;
  private long withoutId;
  private long unknown;
  private long moving;
  private long notListed;
  private long torn;
  private long unreadable;
  private long notesLeftOut;

  private Doctor(
      Patient patient, LedgerApi api, Mend.Shell shell, Options options, Listener listener) {
    this.patient = patient;
    this.options = options;
    this.listener = listener;
    this.ledger = new LedgerSide(api, options.prefix(), options.sessionsMax());
    this.examination = new Examination(ledger, api, new Remedies(patient, shell));
  }

  /**
   * @throws GatewayError when the gateway does not let itself be read
   * @throws IOException when the store cannot be
   */
  public static Diagnosis examine(
      Patient patient, LedgerApi api, Mend.Shell shell, Options options, Listener listener)
      throws GatewayError, IOException, TooManySessions, InterruptedException {
    return new Doctor(patient, api, shell, options, listener).run();
  }

  private Diagnosis run() throws GatewayError, IOException, TooManySessions, InterruptedException {
    ledger.load(
        () -> {
          patient.rest(Duration.ZERO);
          listener.progress("reading the ledger", ledger.sessions.size());
        });
    boolean complete = patient.rows(this::look, hearing);
    if (complete) {
      missing();
    }
    if (patient.moves() && !candidates.isEmpty() && !options.settle().isZero()) {
      listener.again(candidates.size(), options.settle());
      patient.rest(options.settle());
      lookAgain();
    }
    return diagnosis(complete);
  }

  private void look(ShownSession shown) {
    SessionKey key = shown.key();
    if (options.prefix() != null && !key.value().startsWith(options.prefix())) {
      return;
    }
    LedgerSide.Known known = ledger.sessions.get(key);
    if (known == null) {
      look(shown, notInTheList(key));
      return;
    }
    if (!known.seen) { // A listing that moves while it is read may show a row twice.
      known.seen = true;
      sessions++;
      withoutId += shown.row().sessionId() == null ? 1 : 0;
    }
    if (difference(shown, known.held(key)).isPresent()) {
      candidates.put(key, new Candidate(shown, known.version()));
    } else {
      candidates.remove(key);
    }
  }

  /** Opened since the ledger was read, or never heard of. */
  private LedgerSide.@Nullable Now notInTheList(SessionKey key) {
    // Of very many, nobody asks one by one: they are a note, and no difference.
    return unknown < options.told() ? ledger.now(key) : null;
  }

  private void look(ShownSession shown, LedgerSide.@Nullable Now now) {
    sessions++;
    if (shown.row().sessionId() == null) {
      withoutId++;
    } else if (now == null) {
      unknown++;
      note(
          "unknown-to-ledger",
          shown.key(),
          "The ledger never heard of it: it was idle while somebody listened, or nobody did.");
    } else if (difference(shown, now.held()).isPresent()) {
      candidates.put(shown.key(), new Candidate(shown, now.version()));
    }
  }

  private Optional<Difference> difference(ShownSession shown, LedgerSession held) {
    SessionId id = shown.row().sessionId();
    return id == null
        ? Optional.empty()
        : Comparison.difference(shown.row(), inLedger(shown.key(), id, held), held, null);
  }

  /** Where the ledger had to invent an id, any that it does not know otherwise is its real name. */
  private SessionId inLedger(SessionKey key, SessionId shown, LedgerSession held) {
    SessionId current = new SessionId(held.sessionId());
    return CommandIds.isInferred(current)
            && !shown.equals(current)
            && ledger.ended(key, shown.value()) == null
        ? current
        : shown;
  }

  /** What the ledger has open and the gateway does not list; it is asked for some of it by name. */
  private void missing() throws GatewayError, InterruptedException {
    int asked = 0;
    for (Map.Entry<SessionKey, LedgerSide.Known> entry : ledger.sessions.entrySet()) {
      LedgerSide.Known known = entry.getValue();
      SessionKey key = entry.getKey();
      if (known.seen || known.isOver()) {
        continue;
      }
      ShownSession shown =
          patient.moves() && asked++ < DESCRIBED_MAX ? patient.session(key, hearing) : null;
      if (shown != null) {
        look(shown);
        continue;
      }
      notListed++;
      note(
          "not-listed",
          key,
          "The ledger has it ("
              + known.status()
              + (known.activeRuns() == 0 ? "" : ", " + known.activeRuns() + " open")
              + "), the gateway does not list it: another gateway's, or deleted unheard.");
    }
  }

  private void lookAgain() throws GatewayError, IOException, InterruptedException {
    Map<SessionKey, ShownSession> again = new HashMap<>();
    patient.rows(
        shown -> {
          if (candidates.containsKey(shown.key())) {
            again.put(shown.key(), shown);
          }
        },
        new Hearing());
    int asked = 0;
    Iterator<Map.Entry<SessionKey, Candidate>> each = candidates.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<SessionKey, Candidate> entry = each.next();
      SessionKey key = entry.getKey();
      Candidate before = entry.getValue();
      ShownSession shown = again.get(key);
      if (shown == null && asked++ < DESCRIBED_MAX) {
        shown = patient.session(key, new Hearing());
      }
      LedgerSide.Now now = ledger.now(key);
      patient.rest(Duration.ZERO);
      if (shown != null && now != null && difference(shown, now.held()).isEmpty()) {
        each.remove();
      } else if (shown == null
          || now == null
          || now.version() != before.version()
          || !same(shown.row(), before.shown().row())) {
        each.remove();
        moving(key);
      }
    }
  }

  /** A row's stamp moves also when nothing does that is compared. */
  private static boolean same(Row one, Row other) {
    return Objects.equals(one.sessionId(), other.sessionId())
        && Objects.equals(one.status(), other.status())
        && Objects.equals(one.hasActiveRun(), other.hasActiveRun());
  }

  private void moving(SessionKey key) {
    moving++;
    note("moving", key, "It changed while it was looked at, and cannot be judged: look again.");
  }

  private Diagnosis diagnosis(boolean complete) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Long> byKind = new TreeMap<>();
    long differ = candidates.size();
    for (Map.Entry<SessionKey, Candidate> entry : candidates.entrySet()) {
      if (findings.size() >= options.told()) {
        break;
      }
      SessionKey key = entry.getKey();
      ShownSession shown = entry.getValue().shown();
      LedgerSide.Now now = ledger.now(key);
      Difference difference = now == null ? null : difference(shown, now.held()).orElse(null);
      if (now == null || difference == null) {
        differ--; // The ledger has heard of it meanwhile.
        continue;
      }
      if (patient.moves() && now.version() != entry.getValue().version()) {
        differ--;
        moving(key);
        continue;
      }
      Finding finding = examination.finding(shown, now, difference);
      findings.add(finding);
      byKind.merge(finding.kind().code(), 1L, Long::sum);
      listener.progress("examining", findings.size());
    }
    return new Diagnosis(
        patient.kind(),
        patient.version(),
        complete,
        sessions,
        sessions - differ - moving - unknown - withoutId,
        differ,
        moving,
        unknown,
        withoutId,
        notListed,
        torn,
        unreadable,
        byKind,
        findings,
        differ - findings.size(),
        notes,
        notesLeftOut);
  }

  private void note(String kind, @Nullable SessionKey key, String text) {
    if (notes.size() < options.told()) {
      notes.add(new Diagnosis.Note(kind, key == null ? null : key.value(), text));
    } else {
      notesLeftOut++;
    }
  }

  /** Hears what is odd, at the first look. */
  private final class Hearing implements Patient.Listener {

    @Override
    public void unreadable(String problem) {
      if (this == hearing) {
        unreadable++;
        note("unreadable", null, problem);
      }
    }

    @Override
    public void torn(String what) {
      torn++;
      note("torn", null, what);
    }

    @Override
    public void progress(String what, long done) {
      listener.progress(what, done);
    }
  }
}
