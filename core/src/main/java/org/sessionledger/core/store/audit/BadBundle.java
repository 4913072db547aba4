package org.sessionledger.core.store.audit;

/** A file is no incident bundle, or not the one that was written. */
public final class BadBundle extends Exception {

  private static final long serialVersionUID = 1L;

  private final long line;

  BadBundle(long line, String problem) {
    super("line " + line + ": " + problem);
    this.line = line;
  }

  /** The line that is wrong, from 1. */
  public long line() {
    return line;
  }
}
