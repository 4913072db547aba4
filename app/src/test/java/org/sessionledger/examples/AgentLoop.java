package org.sessionledger.examples;

import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.GenerationEnded;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.session.CompactionTrigger;

// example: agent-loop
/** Answers messages; a conversation that grew too long is compacted before the model sees it. */
record AgentLoop(Ledger ledger, Memory memory, Model model) {

  private static final long TOKENS_MAX = 100_000;

  /** What a conversation holds so far: one transcript for each life of the session. */
  interface Memory {
    long tokens(SessionId life);

    long summarize(SessionId from, SessionId into);
  }

  interface Model {
    String answer(SessionId life, String message, RunHandle run) throws Exception;
  }

  String answer(SessionKey key, RunId message, String text) throws Exception {
    try (RunHandle run = ledger.session(key).start(message)) {
      SessionId life = run.generation().sessionId();
      long tokens = memory.tokens(life);
      if (tokens > TOKENS_MAX) { // the run goes on in the next generation, and signs with it
        SessionId next = run.compact(CompactionTrigger.PREFLIGHT, tokens, null).sessionId();
        memory.summarize(life, next);
        life = next;
      }
      try {
        String answer = model.answer(life, text, run);
        run.complete();
        return answer;
      } catch (GenerationEnded reset) {
        return "(the conversation was reset)"; // nobody waits for this answer any more
      } catch (Exception e) {
        run.fail(e.getClass().getSimpleName(), e.getMessage());
        throw e;
      }
    } // an end that nobody reported: interrupted, here or by the watchdog when the lease runs out
  }
}
// end
