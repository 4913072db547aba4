package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.sessionledger.core.session.Json;

/**
 * The newest rebuild of each view, as all nodes see it. One that is under way has an owner, for as
 * long as that says so; by the database's clock.
 */
final class RebuildRows {

  private static final String CLAIMED_UNTIL = "CURRENT_TIMESTAMP + INTERVAL '30' SECOND";

  private static final String OWNED = " WHERE processor_name = ? AND owner = ? AND running = 1";

  private final DataSource dataSource;

  RebuildRows(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * @param owner a name that no other rebuild has
   * @throws RebuildUnderWay when there is another one
   */
  void begin(String view, String owner, RebuildReport report) {
    try {
      Sql.transaction(
          dataSource,
          connection -> {
            Optional<String> other = underWay(connection);
            if (other.isPresent()) {
              throw new RebuildUnderWay(other.get());
            }
            Sql.update(connection, "DELETE FROM view_rebuilds WHERE processor_name = ?", view);
            return Sql.update(
                connection,
                """
                INSERT INTO view_rebuilds
                  (processor_name, running, owner, claimed_until, cancelled, report)
                VALUES (?, 1, ?, %s, 0, ?)
                """
                    .formatted(CLAIMED_UNTIL),
                view,
                owner,
                Json.write(report));
          });
    } catch (ViewFailure e) {
      // Two began at once: only one row may be the one under way.
      Optional<String> other = Sql.query(dataSource, RebuildRows::underWay);
      throw other.isPresent() ? new RebuildUnderWay(other.get()) : e;
    }
  }

  private static Optional<String> underWay(Connection connection) throws SQLException {
    return Sql.one(
        connection,
        row -> row.getString("processor_name"),
        "SELECT processor_name FROM view_rebuilds WHERE running = 1");
  }

  /**
   * Says that it goes on, and how.
   *
   * @return false when it is to end
   */
  boolean goesOn(String view, String owner, RebuildReport report) {
    return Sql.query(
        dataSource,
        connection -> {
          Sql.update(
              connection,
              "UPDATE view_rebuilds SET report = ?, claimed_until = " + CLAIMED_UNTIL + OWNED,
              Json.write(report),
              view,
              owner);
          return Sql.one(
                  connection,
                  row -> row.getInt("cancelled") == 0,
                  "SELECT cancelled FROM view_rebuilds" + OWNED,
                  view,
                  owner)
              .orElse(false);
        });
  }

  /**
   * It is over, when the transaction commits.
   *
   * @return false when it was over already, since nobody heard of it for too long, or when it would
   *     switch and was cancelled: who was told that it ends sees no new table later
   */
  boolean end(Connection connection, String view, String owner, RebuildReport report)
      throws SQLException {
    return Sql.update(
            connection,
            "UPDATE view_rebuilds SET running = NULL, report = ?"
                + OWNED
                + (report.switched() ? " AND cancelled = 0" : ""),
            Json.write(report),
            view,
            owner)
        == 1;
  }

  /** False when none is under way. */
  boolean cancel(String view) {
    return Sql.query(
        dataSource,
        connection ->
            Sql.update(
                    connection,
                    "UPDATE view_rebuilds SET cancelled = 1 WHERE processor_name = ? AND running = 1",
                    view)
                == 1);
  }

  /** Empty when there was none yet. */
  Optional<RebuildReport> find(String view) {
    return Sql.query(
        dataSource,
        connection ->
            Sql.one(
                connection,
                row -> Json.read(row.getString("report"), RebuildReport.class),
                "SELECT report FROM view_rebuilds WHERE processor_name = ?",
                view));
  }

  /** An embedded database belongs to one process: whoever was at it before is dead. */
  void allAreOfTheDead() {
    Sql.query(
        dataSource,
        connection ->
            Sql.update(
                connection,
                "UPDATE view_rebuilds SET claimed_until = CURRENT_TIMESTAMP - INTERVAL '1' SECOND"
                    + " WHERE running = 1"));
  }

  void endThoseOfTheDead() {
    Sql.transaction(
        dataSource,
        connection -> {
          List<RebuildReport> dead =
              Sql.list(
                  connection,
                  row -> Json.read(row.getString("report"), RebuildReport.class),
                  "SELECT report FROM view_rebuilds"
                      + " WHERE running = 1 AND claimed_until < CURRENT_TIMESTAMP FOR UPDATE");
          for (RebuildReport report : dead) {
            RebuildReport failed =
                Rebuild.failed(report, "whoever did it is gone; start it again", Instant.now());
            Sql.update(
                connection,
                "UPDATE view_rebuilds SET running = NULL, report = ? WHERE processor_name = ?",
                Json.write(failed),
                report.name());
          }
          return dead.size();
        });
  }
}
