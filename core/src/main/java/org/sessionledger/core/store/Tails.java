package org.sessionledger.core.store;

import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
   */
  record Tail(long sessionNo, String hash, SessionStatus status) {}

  private static final int KEPT_MAX = 20_000;

  private final Connections connections;
  private final Map<SessionKey, Tail> kept =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionKey, Tail> eldest) {
          return size() > KEPT_MAX;
        }
      };

  Tails(Connections connections) {
    this.connections = connections;
  }

  Optional<Tail> find(SessionKey key) {
    Tail known = kept.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Tail> stored = load(key);
    stored.ifPresent(tail -> kept.put(key, tail));
    return stored;
  }

  void moved(SessionKey key, Tail tail) {
    kept.put(key, tail);
  }

  void drop(Collection<SessionKey> keys) {
    keys.forEach(kept::remove);
  }

  private Optional<Tail> load(SessionKey key) {
    try {
      return Sql.one(
          connections.reading(),
          row ->
              new Tail(
                  row.getLong("session_no"),
                  row.getString("hash"),
                  Json.read(row.getString("session"), SessionStatus.class)),
          """
          SELECT e.session_no, e.hash, e.session FROM ledger_sessions s
          JOIN ledger_events e ON e.session_no = s.session_no
          WHERE s.session_key = ? ORDER BY e.version DESC LIMIT 1
          """,
          key.value());
    } catch (SQLException e) {
      throw new StoreFailure("cannot read session " + key, e);
    }
  }
}
