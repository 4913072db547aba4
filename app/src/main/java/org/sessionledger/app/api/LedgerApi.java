package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.core.store.audit.Checkpoint;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.projections.kit.Cursor;

/**
 * The API's documents without the wire. The HTTP controllers and the command line ask the same
 * questions here; one implementation answers from a ledger in this process, another asks a server.
 *
 * <p>Every method throws {@link ApiProblem} for what the HTTP API answers with a problem document.
 */
public interface LedgerApi extends AutoCloseable {

  /**
   * A page of a list.
   *
   * @param limit 1 to 1,000
   * @param cursor a {@code nextCursor} of the same list; null: from its start
   */
  record Page(int limit, @Nullable String cursor) {

    /** Most entries of a page. */
    public static final int LIMIT_MAX = 1_000;

    public Page {
      if (limit < 1 || limit > LIMIT_MAX) {
        throw Problems.badParameter(
            "limit", "is " + limit + ", a whole number from 1 to 1000 is expected");
      }
    }

    /** A page of a timeline with the events after a version, and none of the refusals. */
    public static Page ofEventsAfter(long version, int limit) {
      return new Page(limit, Cursors.seal("timeline", Cursor.of(version, Long.MAX_VALUE)));
    }

    /** A page of the decision log with the lines before a place in it. */
    public static Page ofLinesBefore(long seq, int limit) {
      return new Page(limit, Cursors.seal("decisions", Cursor.of(seq)));
    }
  }

  /**
   * Which moment of a session is asked for: now when all are null.
   *
   * @param atVersion as its event with this version left it
   * @param at as it was at an instant of the ledger's clock
   * @param minVersion now, but not before the view has seen this version
   */
  record Moment(@Nullable Long atVersion, @Nullable Instant at, @Nullable Long minVersion) {

    public static final Moment NOW = new Moment(null, null, null);
  }

  /** A moment of the whole ledger: exactly one of the two is there. */
  record When(@Nullable Long position, @Nullable Instant at) {

    public When {
      if ((position == null) == (at == null)) {
        throw Problems.badParameter("at", "does not go with 'atPosition'; ask for one moment");
      }
    }
  }

  /** One command's JSON; its decision document, a rejection included. */
  JsonNode decide(String command);

  /**
   * One command a line; a decision document a line, in the same order.
   *
   * @param lines none of them blank; null stands for a line that is not UTF-8
   */
  List<JsonNode> decideAll(List<? extends @Nullable String> lines);

  JsonNode sessions(@Nullable String status, @Nullable String prefix, Page page);

  /**
   * All sessions as they were, in the order in which they were opened.
   *
   * @param when the position of the last event that counts, or an instant
   */
  JsonNode sessionsAt(When when, @Nullable String status, @Nullable String prefix, Page page);

  JsonNode session(String sessionKey, Moment moment);

  JsonNode generations(String sessionKey, @Nullable Long minVersion, Page page);

  JsonNode runs(String sessionKey, @Nullable Long minVersion, Page page);

  JsonNode timeline(String sessionKey, @Nullable Long minVersion, Page page);

  /** The audit of the rotation that ended a generation; null: of the latest rotation. */
  JsonNode audit(String sessionKey, @Nullable Long generation, @Nullable Long minVersion);

  /**
   * Lines of the decision log, newest first.
   *
   * @param prefix what their session keys begin with; null: any, and lines without a key
   */
  JsonNode decisions(
      String verdict,
      @Nullable String reason,
      @Nullable String sessionKey,
      @Nullable String prefix,
      Page page);

  /** Lines of the decision log about any session, or about one. */
  default JsonNode decisions(
      String verdict, @Nullable String reason, @Nullable String sessionKey, Page page) {
    return decisions(verdict, reason, sessionKey, null, page);
  }

  JsonNode decision(String decisionId);

  JsonNode projections();

  /**
   * Begins to rebuild a view; the report as it begins.
   *
   * @param mode {@code switch}, {@code accept} or {@code check}
   */
  JsonNode rebuild(String view, String mode);

  /** How the newest rebuild of a view goes, or went. */
  JsonNode rebuildReport(String view);

  /** Ends the rebuild of a view that is under way; its report. */
  JsonNode cancelRebuild(String view);

  /** Whether everything is well, and what is not. */
  JsonNode health();

  JsonNode stats();

  /**
   * Checks everything that is stored, from the events on; {@code intact} says how it came out.
   *
   * @param then a moment to tell the history up to, too; null: none
   * @param progress may end it by throwing
   */
  JsonNode verify(@Nullable Checkpoint then, Verification.Progress progress);

  /**
   * Writes a session's incident bundle, line by line; nothing is written when there is none.
   *
   * @throws java.io.IOException when the stream takes no more
   */
  void bundle(String sessionKey, OutputStream out) throws IOException;

  /**
   * Gives a token; the one answer that has its secret.
   *
   * @param by who gives it; a server knows better
   */
  JsonNode createToken(NewToken wanted, @Nullable String by);

  /** All tokens that were ever given, without their secrets. */
  JsonNode tokens();

  /** Takes a token; it is of no use from now on. */
  JsonNode revokeToken(String id);

  @Override
  void close();
}
