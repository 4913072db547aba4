package org.sessionledger.app.api;

import java.util.List;
import org.sessionledger.app.feed.FeedMessage;
import org.sessionledger.app.feed.FeedSource;
import org.sessionledger.app.feed.Window;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;

/**
 * Every line of the decision log that is a refusal, as its first arrival was decided; its id is the
 * line's place in the log, in which duplicates have places, too.
 */
final class RefusalFeed implements FeedSource {

  /** A refusal may keep commands of a megabyte. */
  private static final int PAGE = 64;

  private final Ledger ledger;

  RefusalFeed(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public String name() {
    return "refusals";
  }

  @Override
  public long newest() {
    return ledger.commits().decisionSeq();
  }

  @Override
  public long newestStored() {
    return ledger.reader().decisionSeq();
  }

  @Override
  public Window read(long after, long upTo) {
    List<LoggedDecision> lines = ledger.reader().refusalsAfter(after, upTo, PAGE);
    return new Window(
        after,
        lines.size() < PAGE ? upTo : lines.get(PAGE - 1).seq(),
        lines.stream().map(RefusalFeed::message).toList());
  }

  private static FeedMessage message(LoggedDecision line) {
    // The text at once: as trees, the commands would weigh several times as much.
    String data = Json.write(DecisionJson.explained(asOfFirst(line)));
    return new FeedMessage(
        line.seq(),
        line.sessionKey() == null ? null : line.sessionKey().value(),
        data.length(),
        "command.rejected",
        () -> data);
  }

  /** The same for everybody, whenever it is read: repeats since then are not of this message. */
  private static LoggedDecision asOfFirst(LoggedDecision line) {
    return new LoggedDecision(
        line.seq(),
        line.decisionId(),
        line.verdict(),
        line.commandType(),
        line.sessionKey(),
        line.runId(),
        line.attempt(),
        line.refusal(),
        line.current(),
        line.afterVersion(),
        line.afterPosition(),
        line.firstAt(),
        line.firstAt(),
        1,
        line.firstCommand(),
        line.firstCommand(),
        line.first());
  }

  @Override
  public void listen(Runnable listener) {
    ledger.commits().listen(listener);
  }

  @Override
  public void forget(Runnable listener) {
    ledger.commits().forget(listener);
  }
}
