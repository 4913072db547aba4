package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.store.LedgerReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up parked sessions again, for instance after the view was mended. */
final class Unparking {

  private static final Logger LOG = LoggerFactory.getLogger(Unparking.class);

  /** Sessions that are still not taken, before the next round goes on after them. */
  private static final int FAILURES_MAX = 100;

  private static final int PAGE = 256;

  private final DataSource dataSource;
  private final LedgerReader reader;
  private final View view;
  private final Parking parking;
  private long tried;

  Unparking(DataSource dataSource, LedgerReader reader, View view) {
    this.dataSource = dataSource;
    this.reader = reader;
    this.view = view;
    this.parking = new Parking(view);
  }

  /** Tries each parked session once, or as many as fail in one round. */
  void round() {
    int failures = 0;
    while (failures < FAILURES_MAX) {
      List<Parking.Parked> next =
          Sql.query(dataSource, connection -> parking.after(connection, tried, PAGE));
      if (next.isEmpty()) {
        tried = 0;
        return;
      }
      for (Parking.Parked each : next) {
        tried = each.sessionNo();
        failures += takeUp(each) ? 0 : 1;
      }
    }
  }

  private boolean takeUp(Parking.Parked parked) {
    Optional<SessionKey> key = reader.sessionKey(parked.sessionNo());
    try {
      while (!Sql.transaction(
          dataSource, connection -> step(connection, key.orElseThrow(), parked))) {
        // The view's own batches go on in between.
      }
      LOG.info(
          "view {} has taken up session {} again, which was parked at version {}",
          view.name(),
          key.orElseThrow(),
          parked.version());
      return true;
    } catch (RuntimeException e) {
      if (!Parking.isOfAnEvent(e)) {
        throw e;
      }
      LOG.debug("view {} cannot take up session no. {}", view.name(), parked.sessionNo(), e);
      return false;
    }
  }

  /** Takes some events; true when the view has all that it has passed over. */
  private boolean step(Connection connection, SessionKey key, Parking.Parked parked)
      throws SQLException {
    ViewTables.At serving = ViewTables.lock(connection, view.name());
    List<Parking.Parked> still = parking.after(connection, parked.sessionNo() - 1, 1);
    if (still.isEmpty() || still.get(0).sessionNo() != parked.sessionNo()) {
      // Another node has done it, or the view was rebuilt.
      return true;
    }
    List<RecordedEvent> events =
        reader.eventsOf(key, still.get(0).version() - 1, PAGE).stream()
            .filter(event -> event.position() <= serving.position())
            .toList();
    view.fold(serving.table()).apply(connection, events);
    if (events.size() == PAGE) {
      parking.moved(connection, parked.sessionNo(), events.get(PAGE - 1).version() + 1);
      return false;
    }
    parking.remove(connection, parked.sessionNo());
    return true;
  }
}
