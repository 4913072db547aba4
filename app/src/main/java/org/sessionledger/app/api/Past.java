package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.store.PastSessions;

/** All sessions as they were, as a document. A cursor holds the ledger and the position fast. */
final class Past {

  private static final String LIST = "sessions-at";

  /** The ledger, the position, the last session's number. */
  private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{16}) (\\d{1,18}) (\\d{1,18})");

  private final PastSessions sessions;

  Past(PastSessions sessions) {
    this.sessions = sessions;
  }

  JsonNode sessions(LedgerApi.When when, Predicate<SessionStatus> wanted, LedgerApi.Page page) {
    PastSessions.Reach reach = sessions.reach();
    long position = position(when, reach);
    long after = after(Cursors.open(LIST, page.cursor()), reach, position);
    List<PastSessions.Item> oneMore = sessions.at(position, after, wanted, page.limit() + 1);
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("position", position);
    ArrayNode items = document.putArray("items");
    oneMore.stream()
        .limit(page.limit())
        .forEach(item -> items.add(Json.mapper().<JsonNode>valueToTree(item.status())));
    if (oneMore.size() > page.limit()) {
      long last = oneMore.get(page.limit() - 1).sessionNo();
      document.put("nextCursor", Cursors.seal(LIST, reach.ledger() + " " + position + " " + last));
    }
    return document;
  }

  private long position(LedgerApi.When when, PastSessions.Reach reach) {
    if (reach.position() == 0) {
      throw notThen("The ledger has no events yet.");
    }
    Long position = when.position();
    if (position != null) {
      if (position < 1 || position > reach.position()) {
        throw notThen("The ledger has positions 1 to " + reach.position() + ".");
      }
      return position;
    }
    return sessions
        .positionAt(Objects.requireNonNull(when.at()))
        .orElseThrow(
            () ->
                notThen(
                    "The ledger's first event was recorded at "
                        + reach.firstAt()
                        + ", which is later."));
  }

  private static ApiProblem notThen(String detail) {
    return Problems.notFound("unknown-moment", "The ledger was not there then", detail);
  }

  private static long after(@Nullable String cursor, PastSessions.Reach reach, long position) {
    if (cursor == null) {
      return 0;
    }
    Matcher parts = CURSOR.matcher(cursor);
    if (!parts.matches() || !parts.group(1).equals(reach.ledger())) {
      throw Problems.badParameter("cursor", "is of another ledger");
    }
    if (Long.parseLong(parts.group(2)) != position) {
      throw Problems.badParameter("cursor", "is of another moment than is asked for");
    }
    return Long.parseLong(parts.group(3));
  }
}
