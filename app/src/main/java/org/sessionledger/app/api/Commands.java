package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerBusy;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a command's text to its decision's document. */
final class Commands {

  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  private final Ledger ledger;

  Commands(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Decides one command.
   *
   * @throws ApiProblem when the text is no JSON, or the headers contradict it
   */
  ObjectNode decide(String text, CommandHeaders headers) {
    Incoming incoming;
    try {
      incoming = CommandJson.read(text, headers::makeId);
    } catch (CommandJson.Unreadable e) {
      throw Problems.unreadable(String.valueOf(e.getMessage()));
    }
    return document(submit(headers.applyTo(incoming)));
  }

  /**
   * Hands in a batch's lines, in their order. Once the ledger takes one of them no more, it is not
   * asked for those after it: they would overtake it, or each would wait for room anew.
   *
   * @param lines null stands for a line that is not UTF-8
   */
  List<CompletableFuture<Decision>> submitAll(
      List<? extends @Nullable String> lines, CommandHeaders headers) {
    List<CompletableFuture<Decision>> decisions = new ArrayList<>(lines.size());
    CompletableFuture<Decision> notTaken = null;
    for (String line : lines) {
      CompletableFuture<Decision> decision = notTaken;
      if (decision == null) {
        decision = submitLine(line, headers);
        notTaken = isTaken(decision) ? null : decision;
      }
      decisions.add(decision);
    }
    return decisions;
  }

  /** What the sender may not give is refused on its line, and the others go on. */
  private CompletableFuture<Decision> submitLine(@Nullable String line, CommandHeaders headers) {
    try {
      return submit(headers.applyTo(read(line, headers)));
    } catch (ApiProblem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Incoming read(@Nullable String line, CommandHeaders headers) {
    return line == null ? notUtf8(headers) : CommandJson.readLine(line, headers::makeId);
  }

  private static boolean isTaken(CompletableFuture<Decision> decision) {
    return !decision.isCompletedExceptionally()
        || decision
            .handle((d, e) -> !(e instanceof LedgerBusy || e instanceof LedgerUnavailable))
            .join();
  }

  /** The decision's document, or a problem's when the ledger could not take this one. */
  static ObjectNode outcome(CompletableFuture<Decision> decision) {
    try {
      return document(decision);
    } catch (ApiProblem e) {
      return e.document();
    } catch (RuntimeException e) {
      LOG.error("a command of a batch was not decided", e);
      return Problems.ofStatus(500, null).document();
    }
  }

  /** What a caller is told when the ledger did not take a command. */
  static ApiProblem unavailable(RuntimeException e) {
    if (e instanceof LedgerUnavailable || e instanceof LedgerBusy) {
      return Problems.later(
          "unavailable", "The ledger takes no commands now", String.valueOf(e.getMessage()));
    }
    LOG.error("the database failed", e);
    return Problems.later(
        "unavailable",
        "The ledger's database failed",
        "The ledger's database failed. A command may be sent again under its commandId: it is not"
            + " accepted twice.");
  }

  private CompletableFuture<Decision> submit(Incoming incoming) {
    try {
      return ledger.submit(incoming);
    } catch (RuntimeException e) {
      // One line's failure is not its batch's.
      return CompletableFuture.failedFuture(e);
    }
  }

  private static ObjectNode document(CompletableFuture<Decision> decision) {
    try {
      return DecisionJson.of(decision.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof LedgerUnavailable
          || e.getCause() instanceof LedgerBusy
          || e.getCause() instanceof StoreFailure) {
        throw unavailable((RuntimeException) e.getCause());
      }
      if (e.getCause() instanceof ApiProblem problem) {
        throw problem;
      }
      throw e;
    }
  }

  private static Incoming notUtf8(CommandHeaders headers) {
    return new MalformedCommand(
        headers.makeId(),
        null,
        null,
        null,
        "The line is not UTF-8",
        JsonNodeFactory.instance.objectNode(),
        Provenance.NONE,
        false);
  }
}
