package org.sessionledger.app.access;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * Who asks, as far as the server knows, and what he may.
 *
 * @param credential names the token that he came with, and is no secret; empty when he needed none
 * @param name the actor of what he orders; null when nobody was asked for credentials
 * @param prefix what the session keys begin with that he may see and change; null: all
 * @param expiresAt null: never
 */
public record Caller(
    String credential,
    @Nullable String name,
    Role role,
    @Nullable String prefix,
    @Nullable Instant expiresAt)
    implements Serializable {

  /** Whoever reaches a server that asks nobody for credentials. */
  public static final Caller ANYBODY = new Caller("", null, Role.ADMIN, null, null);

  /** The credential of everybody whose word another server gives. */
  public static final String JWT = "jwt";

  /** True when he showed a credential. */
  public boolean isKnown() {
    return name != null;
  }

  public boolean isLimited() {
    return prefix != null;
  }

  public boolean mayUse(@Nullable String sessionKey) {
    return prefix == null || (sessionKey != null && sessionKey.startsWith(prefix));
  }

  public boolean mayUse(SessionKey sessionKey) {
    return mayUse(sessionKey.value());
  }

  /** True when some keys with a prefix are his; which ones, {@link #narrow} tells. */
  public boolean mayUseSomeOf(@Nullable String asked) {
    return prefix == null || asked == null || asked.startsWith(prefix) || prefix.startsWith(asked);
  }

  /** What he asked for and may see: the longer one of the two prefixes; null: everything. */
  public @Nullable String narrow(@Nullable String asked) {
    if (!mayUseSomeOf(asked)) {
      throw new IllegalArgumentException("none of these keys are the caller's");
    }
    if (prefix == null) {
      return asked;
    }
    return asked == null || asked.length() < prefix.length() ? prefix : asked;
  }

  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  /** By what he is counted: those who come with a JWT share no token's id. */
  public String account() {
    return credential + " " + name;
  }

  /** For a log: who, never the secret. */
  public String who() {
    return name == null ? "anybody" : name + " (" + role.code() + ", " + credential + ")";
  }
}
