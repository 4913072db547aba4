package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.reference.CommandGenerator;
import org.sessionledger.core.reference.ReferenceDecision;
import org.sessionledger.core.reference.ReferenceModel;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.Replay;

/**
 * Random commands get the same decisions from the ledger and from the reference model, and leave
 * the same events, runs, session ids and totals behind. More of them with {@code -Dagreement.seeds}
 * and {@code -Dagreement.commands}.
 */
class ReferenceAgreementTest {

  private static final int SEEDS = Integer.getInteger("agreement.seeds", 2);
  private static final int COMMANDS = Integer.getInteger("agreement.commands", 800);

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> the_ledger_and_the_reference_model_decide_alike() {
    return Arrays.stream(Databases.values())
        .flatMap(
            on ->
                LongStream.rangeClosed(1, SEEDS)
                    .mapToObj(
                        seed ->
                            DynamicTest.dynamicTest(on + " seed " + seed, () -> agree(on, seed))));
  }

  private void agree(Databases on, long seed) {
    ReferenceModel model = new ReferenceModel();
    CommandGenerator generator = new CommandGenerator(seed, 6);
    List<String> story = new ArrayList<>();
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      for (int i = 0; i < COMMANDS; i++) {
        ObjectNode command = generator.next(model);
        if (!command.has("commandId")) {
          command.put("commandId", "made-" + i);
        }
        story.add(command.toString());
        Decision decision = ledger.submit(CommandJson.read(command, Ledger::newCommandId)).join();
        ReferenceDecision expected =
            model.decide(command, () -> sessionIdMade(ledger, command, decision));
        assertThat(told(decision))
            .as("seed %d, command %d: %s", seed, i, String.join("\n", tail(story)))
            .isEqualTo(told(expected));
      }
      assertSameTraces(ledger, model);
    }
  }

  private static void assertSameTraces(Ledger ledger, ReferenceModel model) {
    Stats stats = LedgerAudit.verify(ledger);
    assertThat(stats.arrivals()).isEqualTo(model.arrivals());
    assertThat(stats.accepted()).isEqualTo(model.accepted());
    assertThat(stats.duplicates()).isEqualTo(model.duplicates());
    assertThat(stats.rejectedByReason()).isEqualTo(model.rejectedByReason());
    assertThat(stats.sessions()).isEqualTo(model.sessionKeys().size());
    Replay.assertSame(model.events(), LedgerAudit.events(ledger));

    List<String> runs = new ArrayList<>();
    LedgerAudit.each(
        ledger.dataSource(),
        """
        SELECT s.session_key, r.run_id, r.attempt, r.generation, r.status
        FROM ledger_runs r JOIN ledger_sessions s ON s.session_no = r.session_no
        """,
        row ->
            runs.add(
                row.getString("session_key")
                    + " "
                    + row.getString("run_id")
                    + " "
                    + row.getLong("attempt")
                    + " "
                    + row.getLong("generation")
                    + " "
                    + row.getString("status")));
    List<String> sessionIds = new ArrayList<>();
    LedgerAudit.each(
        ledger.dataSource(),
        """
        SELECT s.session_key, g.generation, g.session_id
        FROM ledger_generations g JOIN ledger_sessions s ON s.session_no = g.session_no
        ORDER BY g.session_no, g.generation
        """,
        row -> sessionIds.add(row.getString("session_key") + " " + row.getString("session_id")));
    List<String> expectedRuns = new ArrayList<>();
    List<String> expectedSessionIds = new ArrayList<>();
    for (String key : model.sessionKeys()) {
      model.runs(key).stream()
          .filter(run -> !run.status().equals("running"))
          .forEach(
              run ->
                  expectedRuns.add(
                      key
                          + " "
                          + run.runId()
                          + " "
                          + run.attempt()
                          + " "
                          + run.generation()
                          + " "
                          + run.status()));
      model.sessionIds(key).forEach(id -> expectedSessionIds.add(key + " " + id));
    }
    assertThat(runs).containsExactlyInAnyOrderElementsOf(expectedRuns);
    assertThat(sessionIds).isEqualTo(expectedSessionIds);
  }

  /** The id that the ledger made up, which the model is told. */
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
        .session(new SessionKey(key))
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
