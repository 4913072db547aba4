package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionStatus;

/**
 * Where each session's stream ends. A copy in memory holds only while no other node wrote; the
 * writer knows when one did and drops what it changed.
 */
final class Tails {

  /**
   * @param hash of the session's newest event, in hexadecimal
   * @param status the session as that event left it
   * @param instance a process that is known to have started a run here; null when none is
   */
  record Tail(long sessionNo, String hash, SessionStatus status, @Nullable String instance) {}

  private static final int KEPT_MAX = 20_000;

  private final Recent<SessionKey, Tail> kept = new Recent<>(KEPT_MAX);

  /**
   * The tails of the sessions that exist among some keys; one statement brings the unknown ones.
   */
  Map<SessionKey, Tail> of(Connection connection, Collection<SessionKey> keys) throws SQLException {
    Map<SessionKey, Tail> tails = new HashMap<>();
    Set<String> missing = new LinkedHashSet<>();
    for (SessionKey key : keys) {
      Tail known = kept.get(key);
      if (known == null) {
        missing.add(key.value());
      } else {
        tails.put(key, known);
      }
    }
    if (!missing.isEmpty()) {
      load(connection, missing).forEach(tail -> tails.put(tail.status().sessionKey(), tail));
    }
    return tails;
  }

  private static List<Tail> load(Connection connection, Set<String> keys) throws SQLException {
    return Sql.list(
        connection,
        row ->
            new Tail(
                row.getLong("session_no"),
                row.getString("hash"),
                Json.read(row.getString("session"), SessionStatus.class),
                null),
        """
        SELECT e.session_no, e.hash, e.session FROM ledger_sessions s
        JOIN ledger_events e ON e.session_no = s.session_no AND e.version = (
          SELECT m.version FROM ledger_events m WHERE m.session_no = s.session_no
          ORDER BY m.session_no DESC, m.version DESC LIMIT 1)
        WHERE s.session_key = ANY(?)
        """,
        (Object) keys.toArray(String[]::new));
  }

  void moved(Map<SessionKey, Tail> tails) {
    kept.putAll(tails);
  }

  void drop(Collection<SessionKey> keys) {
    keys.forEach(kept::remove);
  }

  void dropAll() {
    kept.clear();
  }
}
