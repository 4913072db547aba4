package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;

/**
 * The runs that are open in the current generation, in the order in which they started. Bounded by
 * {@link Session#OPEN_RUNS_MAX}; runs that ended are the {@link History}'s to know.
 */
final class OpenRuns {

  private final Map<RunId, OpenRun> runs = new LinkedHashMap<>();

  /** The length of all their ids in JSON. */
  private long characters;

  OpenRuns() {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  OpenRuns(List<OpenRun> runs) {
    runs.forEach(this::started);
  }

  @JsonValue
  List<OpenRun> inOrder() {
    return List.copyOf(runs.values());
  }

  int size() {
    return runs.size();
  }

  /** True when one more run would not fit into the events that list them all. */
  boolean full(RunId next) {
    return runs.size() >= Session.OPEN_RUNS_MAX
        || characters + jsonLength(next) > Session.OPEN_RUNS_CHARACTERS_MAX;
  }

  /** JSON writes a control character with six, a quote or a backslash with two. */
  private static long jsonLength(RunId runId) {
    return runId.value().chars().map(c -> c < ' ' ? 6 : c == '"' || c == '\\' ? 2 : 1).sum();
  }

  @Nullable OpenRun get(RunId runId) {
    return runs.get(runId);
  }

  void started(OpenRun run) {
    ended(run.runId());
    runs.put(run.runId(), run);
    characters += jsonLength(run.runId());
  }

  void renewed(RunId runId, long version) {
    runs.computeIfPresent(
        runId,
        (id, run) -> new OpenRun(id, run.attempt(), run.instance(), run.startedVersion(), version));
  }

  void ended(RunId runId) {
    if (runs.remove(runId) != null) {
      characters -= jsonLength(runId);
    }
  }

  /** Keeps the carried ones alone. */
  void keep(Collection<RunAttempt> carried) {
    inOrder().stream()
        .filter(run -> !carried.contains(run.asAttempt()))
        .forEach(run -> ended(run.runId()));
  }

  List<RunAttempt> attempts() {
    return runs.values().stream().map(OpenRun::asAttempt).toList();
  }

  List<RunAttempt> attemptsExcept(Collection<RunAttempt> others) {
    List<RunAttempt> rest = new ArrayList<>(attempts());
    rest.removeAll(others);
    return List.copyOf(rest);
  }

  List<OpenRun> of(String instance) {
    return runs.values().stream().filter(run -> instance.equals(run.instance())).toList();
  }
}
