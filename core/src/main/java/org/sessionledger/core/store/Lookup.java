package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.History.PastRun;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Submission;

/**
 * What the tables have to say to a group of commands, asked for at once: which of their ids are
 * known, which of their sessions exist, and how the runs that they start ended before.
 */
public final class Lookup {

  private final Set<String> ids = new LinkedHashSet<>();
  private final Set<String> unseen = new LinkedHashSet<>();
  private final Set<StoredHistory.Run> runs = new LinkedHashSet<>();

  private final Map<CommandId, Draft.KnownCommand> known = new HashMap<>();
  private final Map<SessionKey, Long> numbers = new HashMap<>();
  private final Map<StoredHistory.Run, Optional<PastRun>> lastAttempts = new HashMap<>();

  /**
   * @param history knows some sessions without asking
   */
  Lookup(List<Submission> group, StoredHistory history) {
    for (Submission submission : group) {
      if (submission.incoming() instanceof Arrival arrival) {
        ids.add(arrival.commandId().value());
        SessionKey key = arrival.command().sessionKey();
        if (key != null && !history.isOpened(key)) {
          unseen.add(key.value());
        }
        Long number = key == null ? null : history.number(key);
        if (number != null) {
          numbers.put(key, number);
        }
        if (arrival.command() instanceof SessionCommand.StartRun start) {
          runs.add(new StoredHistory.Run(start.sessionKey(), start.runId()));
        }
      }
    }
  }

  /** The questions; their answers come here. */
  List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    if (!ids.isEmpty()) {
      queries.add(KnownCommands.query(ids, first -> known.put(first.getKey(), first.getValue())));
    }
    if (!unseen.isEmpty()) {
      queries.add(
          Query.of(
              "SELECT session_key, session_no FROM ledger_sessions WHERE session_key = ANY(?)",
              row -> numbers.put(key(row), row.getLong("session_no")),
              (Object) unseen.toArray(String[]::new)));
    }
    addRuns(queries);
    return queries;
  }

  /** Those of sessions whose numbers are known; of the others when the numbers have come. */
  private void addRuns(List<Query> queries) {
    List<StoredHistory.Run> asked = runs.stream().filter(run -> number(run) != null).toList();
    runs.removeAll(asked);
    if (asked.isEmpty()) {
      return;
    }
    Map<Long, SessionKey> keys = new HashMap<>();
    for (StoredHistory.Run run : asked) {
      keys.put(number(run), run.key());
      lastAttempts.put(run, Optional.empty());
    }
    queries.add(
        Query.of(
            """
            SELECT r.session_no, r.run_id, r.attempt, r.generation, r.status
            FROM UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS VARCHAR ARRAY)) AS q (session_no, run_id)
            JOIN ledger_runs r ON r.session_no = q.session_no AND r.run_id = q.run_id
            ORDER BY r.attempt
            """,
            row -> {
              PastRun run = StoredHistory.run(row);
              SessionKey key = Objects.requireNonNull(keys.get(row.getLong("session_no")));
              // The newest attempt comes last.
              lastAttempts.put(new StoredHistory.Run(key, run.runId()), Optional.of(run));
            },
            asked.stream().map(this::number).toArray(Long[]::new),
            asked.stream().map(run -> run.runId().value()).toArray(String[]::new)));
  }

  private @Nullable Long number(StoredHistory.Run run) {
    return numbers.get(run.key());
  }

  private static SessionKey key(ResultSet row) throws SQLException {
    return new SessionKey(row.getString("session_key"));
  }

  /** Asks for the runs of sessions whose numbers were not known before. */
  void askForTheRest(Connection connection) throws SQLException {
    List<Query> rest = new ArrayList<>();
    addRuns(rest);
    Query.all(connection, rest);
  }

  Map<CommandId, Draft.KnownCommand> known() {
    return known;
  }

  Map<SessionKey, Long> numbers() {
    return numbers;
  }

  /** Those that were asked for and do not exist. */
  List<SessionKey> unknown() {
    return unseen.stream().map(SessionKey::new).filter(key -> !numbers.containsKey(key)).toList();
  }

  /** Of each run that is to be started in a session that exists, how it ended last, if ever. */
  Map<StoredHistory.Run, Optional<PastRun>> lastAttempts() {
    return lastAttempts;
  }
}
