package org.sessionledger.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Status;

class AgentLoopTest {

  private static final SessionKey KEY = new SessionKey("agent:main:slack:channel:C1");
  private static final RunId RUN = new RunId("message-1");

  @TempDir Path folder;

  private final Map<SessionId, Long> transcripts = new HashMap<>();
  private Ledger ledger;

  private final AgentLoop.Memory memory =
      new AgentLoop.Memory() {
        @Override
        public long tokens(SessionId life) {
          return transcripts.getOrDefault(life, 0L);
        }

        @Override
        public long summarize(SessionId from, SessionId into) {
          transcripts.put(into, transcripts.get(from) / 10);
          return transcripts.get(into);
        }
      };

  @BeforeEach
  void open() {
    ledger = Ledger.open(folder);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void a_message_is_answered() throws Exception {
    AgentLoop loop =
        new AgentLoop(
            ledger,
            memory,
            (life, message, run) -> {
              run.progress("calling a tool", 800L);
              return "to '" + message + "': 42";
            });
    assertThat(loop.answer(KEY, RUN, "well?")).isEqualTo("to 'well?': 42");
    assertThat(session().status()).isEqualTo(Status.DONE);
    assertThat(session().tokens()).isEqualTo(800);
  }

  @Test
  void a_long_conversation_is_compacted_first_and_the_run_goes_on() throws Exception {
    SessionId first = ledger.session(KEY).generation().sessionId();
    transcripts.put(first, 120_000L);
    AgentLoop loop = new AgentLoop(ledger, memory, (life, message, run) -> life.value());
    String answeredIn = loop.answer(KEY, RUN, "well?");
    assertThat(answeredIn).isNotEqualTo(first.value());
    assertThat(session().generation()).isEqualTo(2);
    assertThat(session().sessionId().value()).isEqualTo(answeredIn);
    assertThat(session().status()).isEqualTo(Status.DONE);
    assertThat(ledger.reader().stats().rejected()).isZero();
  }

  @Test
  void a_reset_in_the_middle_is_seen_at_the_next_report_and_nothing_of_the_old_run_shows()
      throws Exception {
    AgentLoop loop =
        new AgentLoop(
            ledger,
            memory,
            (life, message, run) -> {
              ledger.session(KEY).as("ada", "start over").reset();
              run.progress("still at it", null);
              throw new AssertionError("must not be reached");
            });
    assertThat(loop.answer(KEY, RUN, "well?")).isEqualTo("(the conversation was reset)");
    assertThat(session().status()).isEqualTo(Status.IDLE);
    assertThat(ledger.reader().stats().rejected()).isEqualTo(1);
  }

  @Test
  void a_model_that_fails_fails_the_run() {
    AgentLoop loop =
        new AgentLoop(
            ledger,
            memory,
            (life, message, run) -> {
              throw new IOException("overloaded");
            });
    assertThatThrownBy(() -> loop.answer(KEY, RUN, "well?")).isInstanceOf(IOException.class);
    assertThat(session().status()).isEqualTo(Status.FAILED);
    assertThat(session().lastRun().errorMessage()).isEqualTo("overloaded");
  }

  private SessionStatus session() {
    return ledger.reader().session(KEY).orElseThrow();
  }
}
