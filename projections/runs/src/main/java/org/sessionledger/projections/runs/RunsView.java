package org.sessionledger.projections.runs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RefusedCommand;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;
import org.sessionledger.projections.kit.View;

/** Every attempt of every run: who owned it, how it ended, what it reported too late. */
public final class RunsView implements View {

  private final LedgerReader reader;
  private final Serving<RunsTable> serving;

  public RunsView(Ledger ledger) {
    this(ledger.dataSource(), ledger.reader());
  }

  RunsView(DataSource dataSource, LedgerReader reader) {
    this.serving = new Serving<>(dataSource, name(), RunsTable::new);
    this.reader = reader;
  }

  @Override
  public String name() {
    return "runs";
  }

  @Override
  public RowFold<?, ?> fold(String name) {
    return new RowFold<>(new RunsProjection(), new RunsTable(name));
  }

  /** A session's run attempts, oldest first; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<Run>> find(FindRuns query) {
    long after = Cursor.parse(query.cursor(), 0L).get(0);
    return reader
        .event(query.sessionKey(), 1)
        .map(opened -> page(query, opened.sessionNo(), after));
  }

  private Page<Run> page(FindRuns query, long sessionNo, long after) {
    List<RunRow> rows =
        serving.ask(
            (table, connection) ->
                table.list(connection, sessionNo, query.generation(), after, query.limit() + 1));
    Map<RunAttempt, List<RefusedCommand>> refused = refused(query.sessionKey(), sessionNo, rows);
    return Page.of(
        rows,
        query.limit(),
        row -> run(row, refused.getOrDefault(row.key().run(), List.of())),
        row -> Cursor.of(row.startedVersion()));
  }

  private Map<RunAttempt, List<RefusedCommand>> refused(
      SessionKey key, long sessionNo, List<RunRow> rows) {
    return new RefusedReports(reader)
        .of(
            key,
            serving.ask(
                (table, connection) ->
                    table.attempts(
                        connection,
                        sessionNo,
                        rows.stream()
                            .map(row -> row.key().run().runId())
                            .collect(Collectors.toSet()))));
  }

  private static Run run(RunRow row, List<RefusedCommand> refused) {
    RunRow.Details details = row.details();
    return new Run(
        row.key().run().runId(),
        row.key().run().attempt(),
        row.generation(),
        LongStream.rangeClosed(row.firstGeneration(), row.generation()).boxed().toList(),
        row.status(),
        details.startedAt(),
        details.endedAt(),
        details.endedBy(),
        details.errorKind(),
        details.errorMessage(),
        details.errorMessageLength(),
        details.source(),
        details.instance(),
        details.resumesRunId(),
        details.inferred(),
        details.tokens(),
        details.note(),
        details.progressedAt(),
        refused);
  }
}
