package org.sessionledger.examples;

import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.GenerationEnded;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.session.CompactionTrigger;

// example: agent-loop
/** Answers messages; a conversation that grew too long is compacted before the model sees it. */
final class AgentLoop {

  /** What the conversation holds so far; one transcript for each life of the session. */
  interface Memory {
    long tokens(SessionId life);

    long summarize(SessionId from, SessionId into);
  }

  interface Model {
    String answer(SessionId life, String message, RunHandle run) throws Exception;
  }

  private static final long TOKENS_MAX = 100_000;

  private final Ledger ledger;
  private final Memory memory;
  private final Model model;

  AgentLoop(Ledger ledger, Memory memory, Model model) {
    this.ledger = ledger;
    this.memory = memory;
    this.model = model;
  }

  String answer(SessionKey key, RunId message, String text) throws Exception {
    try (RunHandle run = ledger.session(key).start(message)) {
      Generation life = run.generation();
      long tokens = memory.tokens(life.sessionId());
      if (tokens > TOKENS_MAX) { // the run goes on in the next generation, and signs with it
        Generation next = run.compact(CompactionTrigger.PREFLIGHT, tokens, null);
        memory.summarize(life.sessionId(), next.sessionId());
      }
      try {
        String answer = model.answer(run.generation().sessionId(), text, run);
        run.complete();
        return answer;
      } catch (GenerationEnded reset) {
        return "(the conversation was reset)"; // nobody waits for this answer any more
      } catch (Exception e) {
        run.fail(e.getClass().getSimpleName(), e.getMessage());
        throw e;
      }
    } // killed in between? the run is interrupted: here, or by the watchdog when its lease runs out
  }
}
// end
