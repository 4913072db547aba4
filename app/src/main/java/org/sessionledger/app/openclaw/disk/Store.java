package org.sessionledger.app.openclaw.disk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** What was read of one agent's store, reduced to the life of sessions and runs. */
final class Store {

  /** What was read under one key. */
  static final class Session {

    final SessionKey key;
    @Nullable StoredRow row;
    final Set<SessionId> ids = new LinkedHashSet<>(4);
    final List<RunEvent> runs = new ArrayList<>(4);

    Session(SessionKey key) {
      this.key = key;
    }
  }

  final String agent;
  final Map<SessionKey, Session> sessions = new LinkedHashMap<>();
  final Map<SessionId, Life> lives = new LinkedHashMap<>();

  Store(String agent) {
    this.agent = agent;
  }

  Session session(SessionKey key) {
    return sessions.computeIfAbsent(key, Session::new);
  }

  Life life(SessionId id) {
    return lives.computeIfAbsent(id, Life::new);
  }
}
