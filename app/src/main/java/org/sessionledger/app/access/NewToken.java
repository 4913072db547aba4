package org.sessionledger.app.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
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

  /** What is written with a year of four digits, as every database and reader takes it. */
  private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");

  /** Throws {@link InvalidField} for what is over a limit. */
  public NewToken {
    if (name != null) {
      Text.identifier("name", name, Text.ID_MAX);
    }
    if (prefix != null) {
      Text.key("prefix", prefix);
    }
    if (expiresAt != null && !expiresAt.isBefore(TOO_LATE)) {
      throw new InvalidField("expiresAt", "is after the year 9999; without it, a token never ends");
    }
  }
}
