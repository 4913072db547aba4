package org.sessionledger.app.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;

/**
 * A token that is wanted.
 *
 * @param name the actor of what is done with it; null: its role and id
 * @param prefix limits it to keys that begin so; null: to none
 * @param expiresAt null: never
 */
public record NewToken(
    Role role, @Nullable String name, @Nullable String prefix, @Nullable Instant expiresAt) {

  /** Throws {@link org.sessionledger.core.identity.InvalidField} for what is over a limit. */
  public NewToken {
    if (name != null) {
      Text.identifier("name", name, Text.ID_MAX);
    }
    if (prefix != null) {
      Text.key("prefix", prefix);
    }
  }
}
