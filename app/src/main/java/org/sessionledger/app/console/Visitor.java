package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.api.Callers;

/**
 * Who looks at a page, for what it offers him. What he may is not decided here: the routes and the
 * commands are guarded where they are for everybody.
 *
 * @param caller null on the page that tells him that he is nobody
 */
record Visitor(@Nullable Caller caller) {

  static Visitor of(HttpServletRequest request) {
    return new Visitor(Callers.orNull(request));
  }

  /** Null when nobody was asked for credentials. */
  public @Nullable String name() {
    return caller == null ? null : caller.name();
  }

  public boolean isKnown() {
    return name() != null;
  }

  private boolean has(Role role) {
    return caller != null && caller.role().includes(role);
  }

  /** Rotations and closing. */
  public boolean mayOperate() {
    return has(Role.OPERATOR);
  }

  /** Rebuilding views. */
  public boolean mayAdminister() {
    return has(Role.ADMIN) && seesAll();
  }

  /** What tells of the whole ledger. */
  public boolean seesAll() {
    return caller != null && !caller.isLimited();
  }
}
