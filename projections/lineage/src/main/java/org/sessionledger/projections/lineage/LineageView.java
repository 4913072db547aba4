package org.sessionledger.projections.lineage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;
import org.sessionledger.projections.kit.View;

/** The generations of each session: what began and ended each, by whom and why. */
public final class LineageView implements View {

  private final LedgerReader reader;
  private final Serving<LineageTable> serving;

  public LineageView(Ledger ledger) {
    this(ledger.dataSource(), ledger.reader());
  }

  LineageView(DataSource dataSource, LedgerReader reader) {
    this.serving = new Serving<>(dataSource, name(), LineageTable::new);
    this.reader = reader;
  }

  @Override
  public String name() {
    return "lineage";
  }

  @Override
  public RowFold<?, ?> fold(String name) {
    return new RowFold<>(new LineageProjection(), new LineageTable(name));
  }

  /** A session's generations, first to last; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<SessionGeneration>> find(FindGenerations query) {
    long after = Cursor.parse(query.cursor(), 0L).get(0);
    return reader
        .event(query.sessionKey(), 1)
        .map(opened -> page(opened.sessionNo(), after, query.limit()));
  }

  private Page<SessionGeneration> page(long sessionNo, long after, int limit) {
    return serving.ask(
        (table, connection) -> {
          List<LineageRow> begun = table.begun(connection, sessionNo, after, limit + 1);
          long last = after + begun.size();
          Map<Long, LineageRow> ended = new HashMap<>();
          for (LineageRow row : table.ended(connection, sessionNo, after + 1, last)) {
            ended.put(Objects.requireNonNull(row.ends()), row);
          }
          Map<Long, List<LineageTable.CountedFork>> forks =
              table
                  .forks(connection, sessionNo, after + 1, last, SessionGeneration.FORKS_MAX)
                  .stream()
                  .collect(Collectors.groupingBy(LineageTable.CountedFork::forks));
          return Page.of(
              begun,
              limit,
              row ->
                  generation(
                      row, ended.get(number(row)), forks.getOrDefault(number(row), List.of())),
              row -> Cursor.of(number(row)));
        });
  }

  private static long number(LineageRow begun) {
    return Objects.requireNonNull(begun.begins());
  }

  private static SessionGeneration generation(
      LineageRow begun, @Nullable LineageRow ended, List<LineageTable.CountedFork> forks) {
    LineageRow.Fact start = begun.fact();
    LineageRow.Fact end = ended == null ? null : ended.fact();
    return new SessionGeneration(
        number(begun),
        Objects.requireNonNull(start.sessionId()),
        start.cause().at(),
        start.cause(),
        end == null ? null : end.cause().at(),
        end == null ? null : end.cause(),
        end == null ? List.of() : end.carriedRuns(),
        end == null ? List.of() : end.supersededRuns(),
        start.origin(),
        start.continues(),
        end == null ? null : end.newSessionKey(),
        forks.stream().map(fork -> fork(fork.fact())).toList(),
        forks.isEmpty() ? 0 : forks.get(0).count());
  }

  private static SessionGeneration.Fork fork(LineageRow.Fact fact) {
    return new SessionGeneration.Fork(
        Objects.requireNonNull(fact.newSessionKey()),
        Objects.requireNonNull(fact.sessionId()),
        fact.cause());
  }
}
