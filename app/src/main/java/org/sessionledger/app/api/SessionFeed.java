package org.sessionledger.app.api;

import java.util.List;
import org.sessionledger.app.feed.FeedMessage;
import org.sessionledger.app.feed.FeedSource;
import org.sessionledger.app.feed.Window;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.LedgerReader.SessionChange;

/** Every accepted event, as the session that it left; its id is its position. */
final class SessionFeed implements FeedSource {

  private static final int PAGE = 256;

  private final Ledger ledger;

  SessionFeed(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public String name() {
    return "changes";
  }

  @Override
  public long newest() {
    return ledger.commits().position();
  }

  @Override
  public long newestStored() {
    return ledger.reader().position();
  }

  @Override
  public Window read(long after, long upTo) {
    List<FeedMessage> messages =
        ledger.reader().changesAfter(after, upTo, PAGE).stream().map(SessionFeed::message).toList();
    // Positions have no gaps.
    return new Window(after, after + messages.size(), messages);
  }

  private static FeedMessage message(SessionChange change) {
    return new FeedMessage(
        change.position(),
        change.sessionKey().value(),
        change.document().length(),
        "session.changed",
        () -> Json.write(change.session()));
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
