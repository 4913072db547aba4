package org.sessionledger.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.reference.ReferenceDecision;
import org.sessionledger.core.reference.ReferenceEvent;
import org.sessionledger.core.reference.ReferenceModel;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.RecordedEvent;

/**
 * Decides everything that a ledger kept once more, by the reference model and in the order of the
 * positions: what was accepted must be accepted again, and what was refused must be refused on what
 * was current at that moment.
 */
public final class Replay {

  private record Kept(long afterPosition, String verdict, String reason, String command) {}

  private Replay() {}

  /** Replays all, and checks each decision. */
  public static void againstTheReferenceModel(Ledger ledger) {
    ReferenceModel model = new ReferenceModel();
    List<RecordedEvent> events = LedgerAudit.events(ledger);
    List<Kept> kept = kept(ledger);
    int checked = 0;
    int next = 0;
    while (true) {
      for (; checked < kept.size() && kept.get(checked).afterPosition() == next; checked++) {
        Kept line = kept.get(checked);
        ReferenceDecision decision = model.decide(command(line.command()), () -> "made");
        assertThat(decision.verdict() + " " + decision.reason())
            .as("after position %d: %s", line.afterPosition(), line.command())
            .isEqualTo(line.verdict() + " " + line.reason());
      }
      if (next == events.size()) {
        break;
      }
      next = replay(model, events, next);
    }
    assertThat(checked).as("refusals and duplicates that were checked").isEqualTo(kept.size());
    assertSame(model.events(), events);
  }

  private static int replay(ReferenceModel model, List<RecordedEvent> events, int from) {
    RecordedEvent first = events.get(from);
    int end = from;
    while (end < events.size() && events.get(end).commandId().equals(first.commandId())) {
      end++;
    }
    String made = events.get(end - 1).event().generation().sessionId().value();
    ReferenceDecision decision = model.decide(command(first.command()), () -> made);
    assertThat(decision.verdict())
        .as("position %d: %s", first.position(), first.command())
        .isEqualTo("accepted");
    assertThat(model.events()).as(first.command()).hasSize(end);
    return end;
  }

  /** The first and the last command of each line of the decision log, where each was decided. */
  private static List<Kept> kept(Ledger ledger) {
    List<Kept> kept = new ArrayList<>();
    LedgerAudit.each(
        ledger.dataSource(),
        "SELECT * FROM ledger_decisions WHERE reason IS NULL OR reason <> 'invalid' ORDER BY seq",
        row -> {
          String verdict = row.getString("verdict");
          String reason = row.getString("reason");
          kept.add(
              new Kept(
                  row.getLong("after_position"), verdict, reason, row.getString("first_command")));
          kept.add(
              new Kept(
                  row.getLong("last_after_position"),
                  verdict,
                  reason,
                  row.getString("last_command")));
        });
    kept.sort(Comparator.comparingLong(Kept::afterPosition));
    return kept;
  }

  private static ObjectNode command(String canonical) {
    ObjectNode command = (ObjectNode) Json.tree(canonical);
    command.remove("errorMessageLength");
    return command;
  }

  /** The stored events are those of the model: order, types, versions and generations. */
  public static void assertSame(List<ReferenceEvent> expected, List<RecordedEvent> stored) {
    assertThat(stored.stream().map(Replay::told).toList())
        .isEqualTo(expected.stream().map(Replay::told).toList());
  }

  private static String told(RecordedEvent e) {
    return e.position()
        + " "
        + e.event().sessionKey()
        + " v"
        + e.version()
        + " "
        + e.event().type()
        + " "
        + e.event().generation();
  }

  private static String told(ReferenceEvent e) {
    return e.position()
        + " "
        + e.sessionKey()
        + " v"
        + e.version()
        + " "
        + e.type()
        + " "
        + e.generation()
        + " ("
        + e.sessionId()
        + ")";
  }
}
