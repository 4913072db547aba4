package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
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
  void what_the_ledger_did_not_take_is_a_failure_in_its_own_words() {
    ApiDecider decider =
        new ApiDecider(
            api(
                "{\"verdict\":\"accepted\",\"version\":1}",
                "{\"status\":503,\"detail\":\"come back later\"}"));
    assertThatThrownBy(() -> decider.decide(List.of()))
        .isInstanceOfSatisfying(ApiProblem.class, e -> assertThat(e.status()).isEqualTo(503))
        .hasMessage("come back later");
  }

  @Test
  void a_session_that_the_server_does_not_have_is_none() {
    assertThat(new ApiDecider(api()).session(KEY, 1)).isEmpty();
  }

  /** Answers the lines with these documents, and has no session. */
  private LedgerApi api(String... answers) {
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
              List<JsonNode> documents = new ArrayList<>();
              for (String answer : answers) {
                documents.add(Json.tree(answer));
              }
              return documents;
            });
  }
}
