package org.sessionledger.app.access;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server asks for credentials.
 *
 * @param required false: it asks nobody
 * @param requestsPerSecond of one token; 0: as many as come
 * @param jwt null: nobody comes in with a JWT
 */
public record AccessOptions(boolean required, int requestsPerSecond, @Nullable Jwt jwt) {

  /** Far more than a runtime needs, and less than a server can take. */
  public static final int REQUESTS_PER_SECOND = 2_000;

  /** Asks nobody; for this machine only. */
  public static final AccessOptions OFF = new AccessOptions(false, 0, null);

  /** Tokens, and nothing else. */
  public static final AccessOptions TOKENS = new AccessOptions(true, REQUESTS_PER_SECOND, null);

  /**
   * Whose JWTs are taken, and how they are read.
   *
   * @param issuer who must have issued them, and where his keys are found unless {@code keys} says;
   *     null: anybody who has the keys
   * @param keys where the JWK set is; null: where the issuer's metadata says
   * @param audience for whom they must be: those for other services are no good here
   * @param roleClaim where the roles stand; dots lead into objects
   * @param roles from a value of that claim to a role; empty: the values are the roles
   */
  public record Jwt(
      @Nullable URI issuer,
      @Nullable URI keys,
      String audience,
      String roleClaim,
      Map<String, Role> roles) {

    /** Where the roles stand when nobody says where. */
    public static final String ROLE_CLAIM = "roles";

    public Jwt {
      if (issuer == null && keys == null) {
        throw new IllegalArgumentException("neither an issuer nor his keys");
      }
      roles = Map.copyOf(roles);
    }
  }
}
