package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.TokenSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who sent a request, and what of it is refused to him. */
public final class Callers {

  private static final String ATTRIBUTE = Caller.class.getName();

  /** A name that an operator may filter by. */
  private static final Logger LOG = LoggerFactory.getLogger("org.sessionledger.access.refused");

  private Callers() {}

  /** To be told once it is known, before any controller asks. */
  public static void set(HttpServletRequest request, Caller caller) {
    request.setAttribute(ATTRIBUTE, caller);
  }

  /** Null as long as nobody is known. */
  public static @Nullable Caller orNull(HttpServletRequest request) {
    return (Caller) request.getAttribute(ATTRIBUTE);
  }

  /** Who sent it; a request that came past those who ask for credentials is nobody's. */
  public static Caller of(HttpServletRequest request) {
    Caller caller = orNull(request);
    if (caller == null) {
      throw new IllegalStateException("nobody was asked who sent the request");
    }
    return caller;
  }

  /** Where a request comes from, as those are counted whom nobody knows. */
  public static String neighbourhood(HttpServletRequest request) {
    return neighbourhood(request.getRemoteAddr());
  }

  /** An address, or the half of a long one that one household has. */
  public static String neighbourhood(String address) {
    String[] groups = address.split(":", 5);
    return groups.length < 5 ? address : String.join(":", Arrays.copyOf(groups, 4));
  }

  /** The session key in a request's path; null when there is none. */
  public static @Nullable String sessionKey(HttpServletRequest request) {
    return request.getAttribute(SessionKeyPath.ATTRIBUTE) instanceof SessionKeyPath path
        ? path.key()
        : null;
  }

  /**
   * The prefix of the keys that a request may see.
   *
   * @param asked what it asks for; null: all
   * @throws ApiProblem when none of what it asks for is the caller's
   */
  public static @Nullable String narrow(HttpServletRequest request, @Nullable String asked) {
    Caller caller = of(request);
    if (!caller.mayUseSomeOf(asked)) {
      throw foreignKey();
    }
    return caller.narrow(asked);
  }

  /**
   * Refuses a session that is not the caller's, whether there is one or not.
   *
   * @param sessionKey null: none in particular
   */
  public static void requireMine(HttpServletRequest request, @Nullable String sessionKey) {
    if (!of(request).mayUse(sessionKey)) {
      throw foreignKey();
    }
  }

  private static ApiProblem foreignKey() {
    return forbidden(
        "The token is limited to session keys with a prefix, and this one does not begin so; ask"
            + " whoever gave it for another one.");
  }

  public static ApiProblem forbidden(String detail) {
    return new ApiProblem(403, "forbidden", "The token does not allow this", detail);
  }

  /** The audit line of a refused access: who, what, where, and why; never the token. */
  public static void tellRefused(HttpServletRequest request, int status, String why) {
    Caller caller = orNull(request);
    Object sent = request.getAttribute(SessionKeyPath.SENT);
    LOG.atWarn()
        .addKeyValue("status", status)
        .addKeyValue("who", caller == null ? "nobody" : caller.who())
        .addKeyValue("from", request.getRemoteAddr())
        .addKeyValue("method", request.getMethod())
        // Without the query, in which anything may stand.
        .addKeyValue(
            "path",
            TokenSecret.strike(sent == null ? request.getRequestURI() : String.valueOf(sent)))
        .addKeyValue("why", TokenSecret.strike(why))
        .log("access refused");
  }
}
