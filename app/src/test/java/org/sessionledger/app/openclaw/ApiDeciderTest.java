package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand.CompleteRun;
import org.sessionledger.core.session.SessionCommand.FailRun;
import org.sessionledger.core.session.Verdict;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ApiDeciderTest {

  private static final SessionKey KEY = new SessionKey("k");

  private final List<String> sent = new ArrayList<>();

  @Test
  void commands_are_sent_as_lines_that_a_server_reads_and_rulings_are_read_from_its_answers() {
    ApiDecider decider =
        new ApiDecider(
            api(
                "{\"verdict\":\"accepted\",\"sessionId\":\"s-1\",\"generation\":1,\"version\":4}",
                "{\"verdict\":\"rejected\",\"reason\":\"already-open\",\"decisionId\":\"d-9\","
                    + "\"current\":{\"sessionId\":\"s-2\",\"generation\":3,\"version\":8}}"));
    FailRun fail = new FailRun(KEY, null, null, new RunId("r"), 1L, null, "e".repeat(70_000), null);
    Arrival arrival = Arrival.of(new CommandId("c"), fail, Provenance.from("openclaw", "boot"));
    assertThat(decider.decide(List.of(arrival, arrival)))
        .extracting(Ruling::verdict, Ruling::reason, Ruling::decisionId, Ruling::version)
        .containsExactly(
            tuple(Verdict.ACCEPTED, null, null, 4L),
            tuple(Verdict.REJECTED, "already-open", "d-9", 8L));
    assertThat(CommandJson.readLine(sent.get(0), () -> new CommandId("x")))
        .isInstanceOf(Arrival.class);
  }

  @Test
  void what_a_busy_ledger_did_not_take_is_handed_in_again_from_there_on() {
    String accepted = "{\"verdict\":\"accepted\",\"version\":%d}";
    String busy = "{\"status\":503,\"detail\":\"later\"}";
    List<List<String>> answers =
        new ArrayList<>(
            List.of(
                List.of(accepted.formatted(1), busy, accepted.formatted(3)),
                List.of(busy, busy),
                List.of(accepted.formatted(5), accepted.formatted(6))));
    ApiDecider decider = new ApiDecider(api(answers), Duration.ZERO);
    assertThat(decider.decide(List.of(arrival("a"), arrival("b"), arrival("c"))))
        .extracting(Ruling::version)
        .containsExactly(1L, 5L, 6L);
    assertThat(sent).hasSize(7);
    assertThat(sent.subList(3, 5)).isEqualTo(sent.subList(1, 3));
  }

  @Test
  void a_ledger_that_stays_busy_or_fails_otherwise_is_told_in_its_own_words() {
    for (int status : new int[] {503, 403}) {
      String problem = "{\"status\":%d,\"detail\":\"no more\"}".formatted(status);
      sent.clear();
      ApiDecider decider = new ApiDecider(api(problem), Duration.ZERO);
      List<Arrival> one = List.of(arrival("a"));
      assertThatThrownBy(() -> decider.decide(one))
          .isInstanceOf(ApiProblem.class)
          .hasMessage("no more");
      assertThat(sent).hasSize(status == 503 ? 60 : 1);
    }
  }

  private static Arrival arrival(String id) {
    return Arrival.of(
        new CommandId(id),
        new CompleteRun(KEY, null, null, new RunId("r"), 1L),
        Provenance.from("openclaw", "boot"));
  }

  @Test
  void a_session_that_the_server_does_not_have_is_none() {
    assertThat(new ApiDecider(api()).session(KEY, 1)).isEmpty();
  }

  private LedgerApi api(String... answers) {
    return api(List.of(List.of(answers)));
  }

  /** Answers the lines of one call after the other, the last for ever, and has no session. */
  private LedgerApi api(List<List<String>> calls) {
    Iterator<List<String>> left = calls.iterator();
    List<JsonNode> documents = new ArrayList<>();
    return (LedgerApi)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {LedgerApi.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("session")) {
                throw new ApiProblem(404, "unknown-session", "No such session", "k");
              }
              for (Object line : (List<?>) arguments[0]) {
                sent.add((String) line);
              }
              if (left.hasNext()) {
                documents.clear();
                left.next().forEach(answer -> documents.add(Json.tree(answer)));
              }
              return List.copyOf(documents);
            });
  }
}
