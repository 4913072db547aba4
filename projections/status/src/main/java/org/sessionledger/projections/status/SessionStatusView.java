package org.sessionledger.projections.status;

import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.axonframework.queryhandling.QueryUpdateEmitter;
import org.axonframework.queryhandling.SubscriptionQueryMessage;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.store.LedgerReader.SessionChange;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.LiveView;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;

/** What each session is doing now: one row a key. */
public final class SessionStatusView implements LiveView {

  private final Serving<SessionStatusTable> serving;

  public SessionStatusView(Ledger ledger) {
    this(ledger.dataSource());
  }

  SessionStatusView(DataSource dataSource) {
    this.serving = new Serving<>(dataSource, name(), SessionStatusTable::new);
  }

  @Override
  public String name() {
    return "status";
  }

  @Override
  public boolean readsCommands() {
    return false;
  }

  @Override
  public RowFold<?, ?> fold(String name) {
    return new RowFold<>(new SessionStatusProjection(), new SessionStatusTable(name));
  }

  @Override
  public void tell(QueryUpdateEmitter emitter, SessionChange change) {
    boolean wanted =
        emitter.activeSubscriptions().stream()
            .map(SubscriptionQueryMessage::getPayload)
            .anyMatch(query -> isAbout(query, change));
    if (wanted) {
      SessionStatus session = change.session();
      emitter.emit(FindSessionStatus.class, query -> isAbout(query, change), session);
      emitter.emit(FindSessions.class, query -> isAbout(query, change), session);
    }
  }

  private static boolean isAbout(Object query, SessionChange change) {
    if (query instanceof FindSessionStatus one) {
      return one.sessionKey().equals(change.sessionKey());
    }
    // Whatever its status: who lists the running ones wants to hear of one that runs no more.
    return query instanceof FindSessions many
        && (many.prefix() == null || change.sessionKey().value().startsWith(many.prefix()));
  }

  /** One session; empty when its key was never opened. */
  @QueryHandler
  public Optional<SessionStatus> find(FindSessionStatus query) {
    return serving.ask((table, connection) -> table.find(connection, query.sessionKey()));
  }

  /** Sessions, newest change first. */
  @QueryHandler
  public Page<SessionStatus> find(FindSessions query) {
    long before = Cursor.parse(query.cursor(), Long.MAX_VALUE).get(0);
    return Page.of(
        serving.ask(
            (table, connection) ->
                table.list(connection, query.status(), query.prefix(), before, query.limit() + 1)),
        query.limit(),
        session -> session,
        session -> Cursor.of(session.position()));
  }
}
