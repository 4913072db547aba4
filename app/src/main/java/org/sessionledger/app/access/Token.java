package org.sessionledger.app.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A token as the ledger knows it, which is without its secret. */
public record Token(
    String id,
    String name,
    Role role,
    @Nullable String prefix,
    Instant createdAt,
    @Nullable String createdBy,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {

  public boolean isGood(Instant now) {
    return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
  }

  Caller caller() {
    return new Caller(id, name, role, prefix, expiresAt);
  }

  public ObjectNode document(Instant now) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("name", name)
            .put("role", role.code());
    put(node, "prefix", prefix);
    node.put("state", revokedAt != null ? "revoked" : isGood(now) ? "good" : "expired");
    node.put("createdAt", createdAt.toString());
    put(node, "createdBy", createdBy);
    put(node, "expiresAt", expiresAt);
    put(node, "revokedAt", revokedAt);
    return node;
  }

  private static void put(ObjectNode node, String field, @Nullable Object value) {
    if (value != null) {
      node.put(field, value.toString());
    }
  }
}
