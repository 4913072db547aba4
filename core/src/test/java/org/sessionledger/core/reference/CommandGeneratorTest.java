package org.sessionledger.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CommandGeneratorTest {

  private static Supplier<String> ids() {
    int[] last = {0};
    return () -> "made-" + ++last[0];
  }

  @Test
  void theSameSeedGivesTheSameCommands() {
    List<List<ObjectNode>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ReferenceModel model = new ReferenceModel();
      CommandGenerator generator = new CommandGenerator(42, 4);
      Supplier<String> ids = ids();
      List<ObjectNode> commands = new ArrayList<>();
      for (int n = 0; n < 1_000; n++) {
        commands.add(generator.next(model).deepCopy());
        model.decide(commands.get(n), ids);
      }
      both.add(commands);
    }
    assertEquals(both.get(0), both.get(1));
  }

  @Test
  void randomSequencesReachEveryVerdictAndKeepTheInvariants() {
    Map<String, Integer> verdicts = new TreeMap<>();
    Map<String, Integer> events = new TreeMap<>();
    for (long seed = 1; seed <= 12; seed++) {
      ReferenceModel model = new ReferenceModel();
      CommandGenerator generator = new CommandGenerator(seed, 1 + (int) seed % 5);
      Supplier<String> ids = ids();
      Map<String, Set<String>> retired = new HashMap<>();
      long arrivals = 0;
      for (int n = 0; n < 2_000; n++) {
        ObjectNode command = generator.next(model);
        int before = model.events().size();
        ReferenceDecision decision = model.decide(command, ids);
        boolean dry = command.path("dryRun").isBoolean();
        arrivals += dry ? 0 : 1;
        assertEquals(arrivals, model.arrivals());
        if (dry || !decision.verdict().equals("accepted")) {
          assertEquals(before, model.events().size(), () -> "left a trace: " + command);
        }
        String type = command.path("type").asText();
        String what = decision.reason() == null ? decision.verdict() : decision.reason();
        verdicts.merge(what, 1, Integer::sum);
        verdicts.merge(type + " " + what, 1, Integer::sum);
        checkSession(model, decision.sessionKey(), retired);
      }
      checkEvents(model, events);
    }
    Set<String> missing =
        new HashSet<>(
            Set.of(
                "accepted",
                "duplicate",
                "unknown-session",
                "already-open",
                "stale-generation",
                "unknown-generation",
                "generation-mismatch",
                "expected-generation",
                "unknown-run",
                "run-ended",
                "run-superseded",
                "run-active",
                "attempt-superseded",
                "session-id-reused",
                "compaction-superseded",
                "session-closed",
                "session-migrated",
                "command-id-reused",
                "invalid"));
    missing.removeAll(verdicts.keySet());
    assertEquals(Set.of(), missing);
    assertEquals(17, events.size(), () -> "types of events: " + events);
  }

  private static void checkSession(
      ReferenceModel model, String key, Map<String, Set<String>> retired) {
    ReferenceSession session = key == null ? null : model.session(key);
    if (session == null) {
      return;
    }
    assertEquals(session.status().equals("running"), session.activeRuns() > 0);
    assertEquals(
        session.activeRuns(),
        model.runs(key).stream().filter(run -> run.status().equals("running")).count());
    for (ReferenceRun run : model.runs(key)) {
      if (run.status().equals("running")) {
        assertEquals(session.generation(), run.generation());
      }
    }
    Set<String> gone = retired.computeIfAbsent(key, any -> new HashSet<>());
    assertFalse(gone.contains(session.sessionId()), "a retired id became current again");
    gone.addAll(model.sessionIds(key));
    gone.remove(session.sessionId());
  }

  private static void checkEvents(ReferenceModel model, Map<String, Integer> counts) {
    Map<String, ReferenceEvent> last = new HashMap<>();
    for (int i = 0; i < model.events().size(); i++) {
      ReferenceEvent event = model.events().get(i);
      assertEquals(i + 1, event.position());
      ReferenceEvent previous = last.put(event.sessionKey(), event);
      assertEquals(previous == null ? 1 : previous.version() + 1, event.version());
      assertTrue(previous == null || event.generation() - previous.generation() <= 1);
      assertTrue(previous == null || event.generation() >= previous.generation());
      counts.merge(event.type(), 1, Integer::sum);
    }
    model
        .sessionKeys()
        .forEach(key -> assertEquals(last.get(key).version(), model.session(key).version()));
  }
}
