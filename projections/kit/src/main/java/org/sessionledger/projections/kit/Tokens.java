package org.sessionledger.projections.kit;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.Segment;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.UnableToClaimTokenException;
import org.jspecify.annotations.Nullable;

/**
 * How far each view is, and which node may move it. A claim is good until a time of the database;
 * Axon's own store would compare the clocks of two nodes. Everything happens in the transaction of
 * the thread, so that a view's rows move with its token, and not at all once the claim is lost.
 *
 * <p>A view is one segment.
 */
final class Tokens implements TokenStore {

  private static final int SEGMENT = 0;

  /** A node that says nothing for so long loses its views. */
  private static final String CLAIMED_UNTIL = "CURRENT_TIMESTAMP + INTERVAL '2' SECOND";

  private static final String AVAILABLE =
      "(owner IS NULL OR owner = ? OR claimed_until < CURRENT_TIMESTAMP)";

  private static final String AS_LEFT =
      " WHERE processor_name = ? AND segment = ? AND owner = ? AND position = ?";

  private static final String MOVE =
      "UPDATE view_tokens SET position = ?, claimed_until = " + CLAIMED_UNTIL + AS_LEFT;

  private static final long NEVER_CLAIMED = Long.MIN_VALUE;

  /** Where this node left each token that it claimed. */
  private final Map<String, Long> left = new ConcurrentHashMap<>();

  private final DataSource dataSource;
  private final ViewTransactions transactions;
  private final String node;

  /**
   * @param node a name that no other node has, and that no node had before
   */
  Tokens(DataSource dataSource, ViewTransactions transactions, String node) {
    this.dataSource = dataSource;
    this.transactions = transactions;
    this.node = node;
  }

  /**
   * Makes a processor's entry before it starts. Another node may be doing the same: whoever comes
   * second finds it made.
   */
  void prepare(String processor, TrackingToken beginning) {
    try {
      transactions.executeInTransaction(
          () -> {
            if (fetchSegments(processor).length == 0) {
              initializeTokenSegments(processor, 1, beginning);
            }
          });
    } catch (RuntimeException e) {
      int[] made = transactions.fetchInTransaction(() -> fetchSegments(processor));
      if (made.length == 0) {
        throw e;
      }
    }
  }

  @Override
  public void initializeTokenSegments(
      String processor, int segments, @Nullable TrackingToken beginning) {
    if (segments != 1) {
      throw new IllegalArgumentException("a view is one segment, not " + segments);
    }
    inTransaction(
        connection ->
            Sql.update(
                connection,
                """
                INSERT INTO view_tokens (processor_name, segment, position, table_name)
                VALUES (?, ?, ?, ?)
                """,
                processor,
                SEGMENT,
                position(beginning),
                ViewTables.first(processor)));
  }

  @Override
  public int[] fetchSegments(String processor) {
    return inTransaction(
            connection ->
                Sql.list(
                    connection,
                    row -> row.getInt("segment"),
                    "SELECT segment FROM view_tokens WHERE processor_name = ?",
                    processor))
        .stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Those that this node has or could have now. */
  @Override
  public List<Segment> fetchAvailableSegments(String processor) {
    return inTransaction(
            connection ->
                Sql.list(
                    connection,
                    row -> row.getInt("segment"),
                    "SELECT segment FROM view_tokens WHERE processor_name = ? AND " + AVAILABLE,
                    processor,
                    node))
        .stream()
        .map(segment -> Segment.ROOT_SEGMENT)
        .toList();
  }

  /** Claims it. */
  @Override
  public TrackingToken fetchToken(String processor, int segment) {
    return inTransaction(
        connection -> {
          int claimed =
              Sql.update(
                  connection,
                  "UPDATE view_tokens SET owner = ?, claimed_until = "
                      + CLAIMED_UNTIL
                      + " WHERE processor_name = ? AND segment = ? AND "
                      + AVAILABLE,
                  node,
                  processor,
                  segment,
                  node);
          if (claimed == 0) {
            throw new UnableToClaimTokenException("another node runs view " + processor);
          }
          long position =
              Sql.one(
                      connection,
                      row -> row.getLong("position"),
                      "SELECT position FROM view_tokens WHERE processor_name = ? AND segment = ?",
                      processor,
                      segment)
                  .orElseThrow();
          left.put(processor, position);
          return new GlobalSequenceTrackingToken(position);
        });
  }

  /**
   * Moves it from where this node left it. An embedded database whose file failed comes back with
   * less than it had; who went on from where it was then would leave events out.
   */
  @Override
  public void storeToken(@Nullable TrackingToken token, String processor, int segment) {
    Optional<ViewTables.At> moved =
        inTransaction(
            connection ->
                Sql.one(
                    connection,
                    ViewTables.At::of,
                    Sql.isPostgres(connection)
                        ? MOVE + " RETURNING " + ViewTables.At.COLUMNS
                        : "SELECT " + ViewTables.At.COLUMNS + " FROM FINAL TABLE (" + MOVE + ")",
                    position(token),
                    processor,
                    segment,
                    node,
                    left(processor)));
    requireClaimed(processor, moved.isPresent() ? 1 : 0);
    transactions.locked(processor, moved.orElseThrow());
    left.put(processor, position(token));
  }

  /** Waits for a batch that moves it now: where it was left is told before that is committed. */
  @Override
  public void extendClaim(String processor, int segment) {
    int extended =
        inTransaction(
            connection -> {
              Optional<Long> position =
                  Sql.one(
                      connection,
                      row -> row.getLong("position"),
                      """
                      SELECT position FROM view_tokens
                      WHERE processor_name = ? AND segment = ? AND owner = ? FOR UPDATE
                      """,
                      processor,
                      segment,
                      node);
              return position.isEmpty() || position.get() != left(processor)
                  ? 0
                  : Sql.update(
                      connection,
                      "UPDATE view_tokens SET claimed_until = " + CLAIMED_UNTIL + AS_LEFT,
                      processor,
                      segment,
                      node,
                      position.get());
            });
    requireClaimed(processor, extended);
  }

  private long left(String processor) {
    return left.getOrDefault(processor, NEVER_CLAIMED);
  }

  private static void requireClaimed(String processor, int updated) {
    if (updated == 0) {
      throw new UnableToClaimTokenException(
          "another node took over view " + processor + ", or its token is not where it was left");
    }
  }

  @Override
  public void releaseClaim(String processor, int segment) {
    inTransaction(
        connection ->
            Sql.update(
                connection,
                """
                UPDATE view_tokens SET owner = NULL
                WHERE processor_name = ? AND segment = ? AND owner = ?
                """,
                processor,
                segment,
                node));
  }

  /**
   * An embedded database belongs to one process: whoever held a claim before is dead, and nobody
   * needs to wait for the claim to expire.
   */
  void releaseClaimsOfTheDead() {
    Sql.query(
        dataSource, connection -> Sql.update(connection, "UPDATE view_tokens SET owner = NULL"));
  }

  /** The position that each processor has reached, on whatever node it runs. */
  Map<String, Long> positions() {
    Map<String, Long> positions = new HashMap<>();
    Sql.query(
            dataSource,
            connection ->
                Sql.list(
                    connection,
                    row -> Map.entry(row.getString("processor_name"), row.getLong("position")),
                    "SELECT processor_name, position FROM view_tokens"))
        .forEach(entry -> positions.put(entry.getKey(), entry.getValue()));
    return positions;
  }

  private static long position(@Nullable TrackingToken token) {
    if (token instanceof GlobalSequenceTrackingToken one) {
      return one.getGlobalIndex();
    }
    throw new IllegalArgumentException("no position in the ledger: " + token);
  }

  private <T> T inTransaction(Sql.Work<T> work) {
    try {
      return work.on(transactions.connection());
    } catch (SQLException e) {
      throw new ViewFailure("the tokens of the views cannot be used", e);
    }
  }
}
