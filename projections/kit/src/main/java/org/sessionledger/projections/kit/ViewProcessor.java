package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.UnreadableEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Axon hands a view's events to. It gathers those of one batch and folds them together at the
 * end of the batch's unit of work, in the transaction that moves the token.
 */
final class ViewProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(ViewProcessor.class);

  private static final String BATCH = ViewProcessor.class.getName() + ".batch";

  private final View view;
  private final Parking parking;
  private final ViewTransactions transactions;
  private final Progress progress;
  private final AtomicLong refused = new AtomicLong();

  /** What stopped a batch that began at a position. */
  private record Failure(String cause, long position) {}

  private volatile @Nullable Failure failure;

  ViewProcessor(View view, ViewTransactions transactions, Progress progress) {
    this.view = view;
    this.parking = new Parking(view);
    this.transactions = transactions;
    this.progress = progress;
  }

  View view() {
    return view;
  }

  long refused() {
    return refused.get();
  }

  /** What stopped the last batch; null when it went well, or another node has done it since. */
  @Nullable String failure() {
    Failure last = failure;
    return last == null || progress.of(view.name()) >= last.position() ? null : last.cause();
  }

  @EventHandler
  void on(SessionEvent event, EventMessage<?> message) {
    gather(message);
  }

  /** Axon would pass over it in silence. */
  @EventHandler
  void on(UnreadableEvent event, EventMessage<?> message) {
    gather(message);
  }

  private void gather(EventMessage<?> message) {
    UnitOfWork<?> batch = CurrentUnitOfWork.get().root();
    List<RecordedEvent> events =
        batch.getOrComputeResource(
            BATCH,
            key -> {
              List<RecordedEvent> gathered = new ArrayList<>();
              batch.onPrepareCommit(unit -> fold(gathered));
              batch.afterCommit(unit -> done(gathered));
              batch.onRollback(
                  unit -> failed(gathered, unit.getExecutionResult().getExceptionResult()));
              return gathered;
            });
    events.add(RecordedEvent.of(message));
  }

  private void fold(List<RecordedEvent> events) {
    try {
      Connection connection = transactions.connection();
      ViewTables.At serving = serving();
      RowFold<?, ?> fold = view.fold(serving.table());
      List<RecordedEvent> taken =
          serving.parked() == 0 ? events : parking.withoutParked(connection, events);
      long back = fold(connection, fold, taken);
      if (back > 0) {
        LOG.warn(
            "view {} refused {} times to go back, events {} to {}",
            view.name(),
            back,
            events.get(0).position(),
            last(events));
        refused.addAndGet(back);
      }
    } catch (SQLException | Error e) {
      // After an error Axon tries nothing again. PostgreSQL's driver throws one, with assertions
      // on, when its connection breaks during a batch.
      throw new ViewFailure("view " + view.name() + " cannot be written", e);
    }
  }

  /** All at once; where an event is to blame, one by one, to find it. */
  private long fold(Connection connection, RowFold<?, ?> fold, List<RecordedEvent> events)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      return fold.apply(connection, events);
    } catch (SQLException | RuntimeException e) {
      if (!Parking.isOfAnEvent(e)) {
        throw e;
      }
      connection.rollback(before);
      return parking.oneByOne(connection, fold, events);
    }
  }

  /** Axon has moved the token before, in the same transaction, which keeps it so. */
  private ViewTables.At serving() {
    ViewTables.At serving = transactions.serving(view.name());
    if (serving == null) {
      throw new IllegalStateException("the token of view " + view.name() + " was not moved first");
    }
    return serving;
  }

  private void done(List<RecordedEvent> events) {
    failure = null;
    progress.reached(view.name(), last(events));
  }

  /** The batch is tried again. */
  private void failed(List<RecordedEvent> events, Throwable cause) {
    failure = new Failure(cause.toString(), events.get(0).position());
  }

  private static long last(List<RecordedEvent> events) {
    return events.get(events.size() - 1).position();
  }
}
