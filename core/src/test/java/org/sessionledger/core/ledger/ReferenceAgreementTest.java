package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.reference.CommandGenerator;
import org.sessionledger.core.reference.ReferenceDecision;
import org.sessionledger.core.reference.ReferenceModel;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;

/** Random commands get the same decisions from the ledger and from the reference model. */
class ReferenceAgreementTest {

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> the_ledger_and_the_reference_model_decide_alike() {
    return LongStream.rangeClosed(1, Integer.getInteger("agreement.seeds", 5))
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> agree(seed, 2_000)));
  }

  private void agree(long seed, int commands) {
    ReferenceModel model = new ReferenceModel();
    CommandGenerator generator = new CommandGenerator(seed, 6);
    List<String> story = new ArrayList<>();
    try (Ledger ledger = Ledger.open(folder.resolve("seed-" + seed))) {
      for (int i = 0; i < commands; i++) {
        ObjectNode command = generator.next(model);
        if (!command.has("commandId")) {
          command.put("commandId", "made-" + i);
        }
        story.add(command.toString());
        Decision decision = ledger.submit(CommandJson.read(command, Ledger::newCommandId)).join();
        List<String> made = new ArrayList<>();
        if (decision.session() != null) {
          made.add(decision.session().generation().sessionId().value());
        }
        ReferenceDecision expected =
            model.decide(command, () -> sessionIdMade(ledger, command, decision));
        assertThat(told(decision))
            .as("seed %d, command %d: %s", seed, i, String.join("\n", tail(story)))
            .isEqualTo(told(expected));
      }
    }
  }

  private static String sessionIdMade(Ledger ledger, ObjectNode command, Decision decision) {
    if (decision.dryRun()) {
      return decision.session() == null
          ? "none"
          : decision.session().generation().sessionId().value();
    }
    String key =
        command.has("newSessionKey")
            ? command.get("newSessionKey").asText()
            : command.get("sessionKey").asText();
    return ledger
        .reader()
        .session(new org.sessionledger.core.identity.SessionKey(key))
        .map(session -> session.sessionId().value())
        .orElse("none");
  }

  private static List<String> tail(List<String> story) {
    return story.subList(Math.max(0, story.size() - 12), story.size());
  }

  private static String told(Decision d) {
    return d.verdict().code()
        + " "
        + (d.refusal() == null ? null : d.refusal().reason().code())
        + " "
        + (d.session() == null
            ? "-"
            : d.session().generation()
                + " v"
                + d.session().version()
                + " "
                + d.session().status().code()
                + " "
                + d.session().activeRuns())
        + " "
        + d.interrupted();
  }

  private static String told(ReferenceDecision d) {
    return d.verdict()
        + " "
        + d.reason()
        + " "
        + (d.version() == null
            ? "-"
            : d.generation()
                + " ("
                + d.sessionId()
                + ") v"
                + d.version()
                + " "
                + d.status()
                + " "
                + d.activeRuns())
        + " "
        + (d.sessions() == null
            ? null
            : new Decision.Interrupted(d.sessions().intValue(), d.runs().intValue()));
  }
}
