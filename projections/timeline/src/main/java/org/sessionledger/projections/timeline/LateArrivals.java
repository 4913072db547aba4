package org.sessionledger.projections.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.RefusedCommand;

/** Tells which refusals name an ended generation or its runs. */
final class LateArrivals {

  private static final int LINES = 200;

  private final Generation ended;
  private final long rotationVersion;
  private final boolean idNamesIt;
  private final Set<RunAttempt> runs;
  private final Set<String> runIds = new HashSet<>();
  private final Map<String, Long> begunAgain = new HashMap<>();

  /**
   * @param next the generation after it: an in-place rotation hands the session id on
   * @param runs the attempts that it owned last
   * @param since what happened since, by attempt
   */
  LateArrivals(
      Generation ended,
      Generation next,
      long rotationVersion,
      Set<RunAttempt> runs,
      List<TimelineTable.Counted> since) {
    this.ended = ended;
    this.rotationVersion = rotationVersion;
    this.idNamesIt = next.number() == ended.number() || !next.sessionId().equals(ended.sessionId());
    this.runs = runs;
    runs.forEach(run -> runIds.add(run.runId().value()));
    for (TimelineTable.Counted counted : since) {
      RunAttempt run = counted.run();
      if (run != null && !runs.contains(run)) {
        begunAgain.merge(run.runId().value(), counted.firstVersion(), Math::min);
      }
    }
  }

  List<TimelineRefusal> find(LedgerReader reader, SessionKey key) {
    List<TimelineRefusal> late = new ArrayList<>();
    List<LoggedDecision> lines;
    long seq = 0;
    do {
      lines = reader.refusalsOf(key, seq, LINES);
      for (LoggedDecision line : lines) {
        seq = line.seq();
        if (line.afterVersion() >= rotationVersion && names(line)) {
          late.add(TimelineRefusal.of(RefusedCommand.of(line)));
        }
      }
    } while (lines.size() == LINES);
    return late;
  }

  private boolean names(LoggedDecision line) {
    Refusal refusal = line.refusal();
    if (refusal == null) {
      return false;
    }
    if (refusal.ended() != null && refusal.ended().number() == ended.number()) {
      return true;
    }
    JsonNode presented = refusal.presented();
    return namesGeneration(presented, "generation", "sessionId")
        || namesGeneration(presented, "expectedGeneration", "expectedSessionId")
        || namesRun(line);
  }

  /** The number decides; a session id alone names the newest generation that has it. */
  private boolean namesGeneration(JsonNode presented, String number, String id) {
    JsonNode named = presented.path(number);
    return named.isIntegralNumber()
        ? named.longValue() == ended.number()
        : idNamesIt && ended.sessionId().value().equals(presented.path(id).textValue());
  }

  private boolean namesRun(LoggedDecision line) {
    String run = line.runId();
    if (run == null || !runIds.contains(run)) {
      return false;
    }
    Long attempt = line.attempt();
    return attempt == null ? line.afterVersion() < begunAgain(run) : has(run, attempt);
  }

  private long begunAgain(String run) {
    return begunAgain.getOrDefault(run, Long.MAX_VALUE);
  }

  private boolean has(String run, @Nullable Long attempt) {
    return runs.stream()
        .anyMatch(
            each ->
                each.runId().value().equals(run) && attempt != null && each.attempt() == attempt);
  }
}
