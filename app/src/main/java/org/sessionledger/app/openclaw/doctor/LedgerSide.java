package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerApi.Page;
import org.sessionledger.app.openclaw.Replay.LedgerSession;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.core.identity.SessionKey;

/**
 * What the ledger has: all sessions in little, and of one what is asked for. Nothing is written.
 */
final class LedgerSide {

  private static final int NOT_FOUND = 404;

  /** Pages of one session's runs that are looked through. */
  private static final int RUN_PAGES_MAX = 20;

  private static final int DECISIONS = 200;

  /** A session in little. */
  static final class Known {

    private final String sessionId;
    private final long generation;
    private final String status;
    private final int activeRuns;
    private final long version;

    /** Whether the gateway showed it. */
    boolean seen;

    Known(JsonNode session) {
      this.sessionId = session.path("sessionId").asText();
      this.generation = session.path("generation").asLong();
      this.status = session.path("status").asText().intern(); // There are eight of them.
      this.activeRuns = session.path("activeRuns").asInt();
      this.version = session.path("version").asLong();
    }

    boolean isOver() {
      return status.equals("closed") || status.equals("migrated");
    }

    LedgerSession held(SessionKey key) {
      return new LedgerSession(key.value(), sessionId, generation, status, activeRuns);
    }

    long version() {
      return version;
    }

    String status() {
      return status;
    }

    int activeRuns() {
      return activeRuns;
    }
  }

  /** A session as it is at this moment, and its last run where it has one. */
  record Now(LedgerSession held, long version, @Nullable JsonNode lastRun) {

    boolean isOver() {
      return held.status().equals("closed") || held.status().equals("migrated");
    }
  }

  /**
   * A generation that has ended.
   *
   * @param onlyCompacted whether nothing but compactions led from it to the current one
   */
  record Ended(JsonNode generation, boolean onlyCompacted) {}

  private final LedgerApi api;
  private final @Nullable String prefix;
  private final int sessionsMax;
  final Map<SessionKey, Known> sessions = new HashMap<>();

  LedgerSide(LedgerApi api, @Nullable String prefix, int sessionsMax) {
    this.api = api;
    this.prefix = prefix;
    this.sessionsMax = sessionsMax;
  }

  /**
   * Reads all sessions.
   *
   * @param meanwhile called after each page
   */
  void load(Meanwhile meanwhile) throws TooManySessions, GatewayError, InterruptedException {
    read(page -> true, meanwhile);
    // The list is by the newest change: what changed meanwhile has moved to its front.
    read(changed -> changed, meanwhile);
  }

  /** What is done between two pages. */
  interface Meanwhile {

    void run() throws GatewayError, InterruptedException;
  }

  private void read(Predicate<Boolean> goOn, Meanwhile meanwhile)
      throws TooManySessions, GatewayError, InterruptedException {
    String cursor = null;
    boolean more = true;
    while (more) {
      JsonNode page = api.sessions(null, prefix, new Page(Page.LIMIT_MAX, cursor));
      boolean changed = false;
      for (JsonNode item : page.path("items")) {
        Known now = new Known(item);
        Known before = sessions.put(new SessionKey(item.path("sessionKey").asText()), now);
        changed |= before == null || before.version() != now.version();
      }
      if (sessions.size() > sessionsMax) {
        throw new TooManySessions(sessionsMax);
      }
      cursor = page.hasNonNull("nextCursor") ? page.get("nextCursor").asText() : null;
      more = cursor != null && goOn.test(changed);
      meanwhile.run();
    }
  }

  /** The session now; null when the ledger does not know it. */
  @Nullable Now now(SessionKey key) {
    try {
      JsonNode session = api.session(key.value(), LedgerApi.Moment.NOW);
      Known known = new Known(session);
      JsonNode last = session.path("lastRun");
      return new Now(known.held(key), known.version(), last.isObject() ? last : null);
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /** The newest generation with this session id that has ended; null when none had it. */
  @Nullable Ended ended(SessionKey key, String sessionId) {
    return ended(key, generation -> generation.path("sessionId").asText().equals(sessionId));
  }

  /** The generation with this number, if it has ended. */
  @Nullable Ended ended(SessionKey key, long number) {
    return ended(key, generation -> generation.path("generation").asLong() == number);
  }

  private @Nullable Ended ended(SessionKey key, Predicate<JsonNode> wanted) {
    JsonNode[] found = {null};
    boolean[] compacted = {true};
    pages(
        page -> api.generations(key.value(), null, page),
        Integer.MAX_VALUE,
        generation -> {
          if (!generation.hasNonNull("endedBy")) {
            return;
          }
          if (wanted.test(generation)) {
            found[0] = generation;
            compacted[0] = true;
          }
          compacted[0] &=
              generation.path("endedBy").path("type").asText().equals("SessionCompacted");
        });
    return found[0] == null ? null : new Ended(found[0], compacted[0]);
  }

  /** The newest attempts of a session's runs that are wanted; the last so many. */
  List<JsonNode> runs(SessionKey key, Predicate<JsonNode> wanted, int most) {
    List<JsonNode> found = new ArrayList<>();
    pages(
        page -> api.runs(key.value(), null, page),
        RUN_PAGES_MAX,
        run -> {
          if (wanted.test(run)) {
            found.add(run);
            if (found.size() > most) {
              found.remove(0);
            }
          }
        });
    return found;
  }

  /** The newest refusals of a session. */
  Iterable<JsonNode> refusals(SessionKey key) {
    return api.decisions("rejected", null, key.value(), new Page(DECISIONS, null)).path("items");
  }

  private interface Each {

    void item(JsonNode item);
  }

  private static void pages(Function<Page, JsonNode> ask, int most, Each each) {
    String cursor = null;
    int pages = 0;
    do {
      JsonNode page = ask.apply(new Page(Page.LIMIT_MAX, cursor));
      page.path("items").forEach(each::item);
      cursor = page.hasNonNull("nextCursor") ? page.get("nextCursor").asText() : null;
    } while (cursor != null && ++pages < most);
  }
}
