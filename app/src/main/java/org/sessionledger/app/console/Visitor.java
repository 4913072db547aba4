package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at a page.
 *
 * @param name the actor of what he orders; null when nobody was asked for credentials
 */
record Visitor(@Nullable String name) {

  static Visitor of(HttpServletRequest request) {
    Principal principal = request.getUserPrincipal();
    return new Visitor(principal == null ? null : principal.getName());
  }

  public boolean isKnown() {
    return name != null;
  }

  /** Rotations, closing and interruptions. */
  public boolean mayOperate() {
    return true;
  }

  /** Rebuilding views. */
  public boolean mayAdminister() {
    return true;
  }

  /** What tells of the whole ledger. */
  public boolean seesAll() {
    return true;
  }

  /** The prefix of the keys that he sees, of those that he asks for; null: all. */
  @Nullable String narrow(@Nullable String asked) {
    return asked;
  }

  /** Refuses a session that is not his to see. */
  void requireMine(@Nullable String sessionKey) {}
}
