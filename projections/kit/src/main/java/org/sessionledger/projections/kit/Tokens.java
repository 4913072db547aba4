package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.JdbcTokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.TokenSchema;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.json.JacksonSerializer;

/** How far each view is, as it stands in the database. */
final class Tokens {

  private final DataSource dataSource;
  private final ViewTransactions transactions;
  private final Serializer serializer = JacksonSerializer.defaultSerializer();
  private final TokenStore store;

  Tokens(DataSource dataSource, ViewTransactions transactions) {
    this.dataSource = dataSource;
    this.transactions = transactions;
    this.store =
        JdbcTokenStore.builder()
            .connectionProvider(transactions)
            .serializer(serializer)
            .schema(
                TokenSchema.builder()
                    .setTokenTable("view_tokens")
                    .setProcessorNameColumn("processor_name")
                    .setSegmentColumn("segment")
                    .setTokenColumn("token")
                    .setTokenTypeColumn("token_type")
                    .setTimestampColumn("claimed_at")
                    .setOwnerColumn("owner")
                    .build())
            .nodeId(UUID.randomUUID().toString())
            .build();
  }

  TokenStore store() {
    return store;
  }

  /**
   * Makes a processor's entry before it starts. Another node may be doing the same: whoever comes
   * second finds it made.
   */
  void prepare(String processor, TrackingToken beginning) {
    try {
      transactions.executeInTransaction(
          () -> {
            if (store.fetchSegments(processor).length == 0) {
              store.initializeTokenSegments(processor, 1, beginning);
            }
          });
    } catch (RuntimeException e) {
      int[] made = transactions.fetchInTransaction(() -> store.fetchSegments(processor));
      if (made.length == 0) {
        throw e;
      }
    }
  }

  /**
   * An embedded database belongs to one process: whoever held a claim before is dead, and nobody
   * needs to wait for the claim to expire.
   */
  void releaseClaimsOfTheDead() {
    Sql.query(
        dataSource,
        connection ->
            isEmbedded(connection)
                ? Sql.update(connection, "UPDATE view_tokens SET owner = NULL")
                : 0);
  }

  private static boolean isEmbedded(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    return url.startsWith("jdbc:h2:")
        && !url.startsWith("jdbc:h2:tcp:")
        && !url.startsWith("jdbc:h2:ssl:");
  }

  /** The position that each processor has reached, on whatever node it runs. */
  Map<String, Long> positions() {
    Map<String, Long> positions = new HashMap<>();
    Sql.query(
            dataSource,
            connection ->
                Sql.list(
                    connection,
                    row ->
                        Map.entry(
                            row.getString("processor_name"),
                            position(row.getBytes("token"), row.getString("token_type"))),
                    "SELECT processor_name, token, token_type FROM view_tokens"
                        + " WHERE token IS NOT NULL"))
        .forEach(entry -> positions.put(entry.getKey(), entry.getValue()));
    return positions;
  }

  private long position(byte[] token, String type) {
    TrackingToken read =
        serializer.deserialize(new SimpleSerializedObject<>(token, byte[].class, type, null));
    return read == null ? 0 : read.position().orElse(0);
  }
}
