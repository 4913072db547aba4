package org.sessionledger.app.api;

/** Keeps the libraries from calling their makers. */
public final class HomeCalls {

  private HomeCalls() {}

  /** To be called before the first Axon class is used; a Spring property comes too late for it. */
  public static void forbid() {
    System.setProperty("axoniq.update-checker.disabled", "true");
    System.setProperty("disable-axoniq-console-message", "true");
  }
}
