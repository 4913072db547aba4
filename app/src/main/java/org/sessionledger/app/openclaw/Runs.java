package org.sessionledger.app.openclaw;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;

/** The runs that the translator remembers: the ones that were looked at last. */
final class Runs {

  private record Name(SessionKey sessionKey, RunId runId) {}

  private final Map<Name, RunTrack> byName;
  private final Map<RunId, SessionKey> lastSession;

  Runs(int max) {
    byName = leastRecentlyUsed(max);
    lastSession = leastRecentlyUsed(max);
  }

  static <K, V> Map<K, V> leastRecentlyUsed(int max) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
      }
    };
  }

  @Nullable RunTrack find(SessionKey key, RunId runId) {
    return byName.get(new Name(key, runId));
  }

  void put(SessionKey key, RunId runId, RunTrack run) {
    byName.put(new Name(key, runId), run);
    lastSession.put(runId, key);
  }

  /** The session under which a run was last heard of, for reports that forget to tell. */
  @Nullable SessionKey sessionOf(RunId runId) {
    return lastSession.get(runId);
  }

  /**
   * The runs whose end was not heard.
   *
   * @param alive whether a run's generation goes on
   */
  List<Missed.OpenRun> open(BiPredicate<SessionKey, RunTrack> alive) {
    List<Missed.OpenRun> open = new ArrayList<>();
    byName.forEach(
        (name, run) -> {
          if (run.end == RunTrack.End.NONE && alive.test(name.sessionKey(), run)) {
            open.add(new Missed.OpenRun(name.sessionKey(), name.runId(), run.attempt));
          }
        });
    return open;
  }

  /** Ends what a dead process ran; the sessions in which it ran something. */
  Set<SessionKey> interrupt(String instance) {
    Set<SessionKey> interrupted = new LinkedHashSet<>();
    byName.forEach(
        (name, run) -> {
          if (run.end == RunTrack.End.NONE && instance.equals(run.instance)) {
            run.end = RunTrack.End.INTERRUPTED;
            interrupted.add(name.sessionKey());
          }
        });
    return interrupted;
  }
}
