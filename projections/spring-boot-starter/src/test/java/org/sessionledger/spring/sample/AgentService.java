package org.sessionledger.spring.sample;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.GenerationEnded;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.status.FindSessionStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

// example: spring-boot
/** Answers people, and throws away what a model says after its session was reset. */
@Service
public class AgentService {

  private final Ledger ledger;
  private final JdbcTemplate jdbc;

  AgentService(Ledger ledger, JdbcTemplate jdbc) {
    this.ledger = ledger;
    this.jdbc = jdbc;
  }

  /** The model's answer; empty when the session went on without it. */
  public Optional<String> answer(
      String agent, String runId, String question, UnaryOperator<String> model) {
    SessionKey key = new SessionKey("agent:" + agent);
    try (RunHandle run = ledger.session(key).start(new RunId(runId))) {
      String answer = model.apply(question);
      run.complete();
      jdbc.update("UPDATE agents SET answers = answers + 1 WHERE name = ?", agent);
      return Optional.of(answer);
    } catch (GenerationEnded late) {
      return Optional.empty();
    }
  }

  public void hire(String agent) {
    jdbc.update("INSERT INTO agents (name, answers) VALUES (?, 0)", agent);
  }

  public long answers(String agent) {
    return jdbc.queryForObject("SELECT answers FROM agents WHERE name = ?", Long.class, agent);
  }

  public void forget(String agent) {
    ledger.session(new SessionKey("agent:" + agent)).reset();
  }

  public CompletableFuture<Optional<SessionStatus>> status(String agent) {
    return ledger
        .queries()
        .query(
            new FindSessionStatus(new SessionKey("agent:" + agent)),
            ResponseTypes.optionalInstanceOf(SessionStatus.class));
  }
}
// end
