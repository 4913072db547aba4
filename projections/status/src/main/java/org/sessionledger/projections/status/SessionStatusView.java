package org.sessionledger.projections.status;

import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;
import org.sessionledger.projections.kit.View;

/** What each session is doing now: one row a key. */
public final class SessionStatusView implements View {

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
