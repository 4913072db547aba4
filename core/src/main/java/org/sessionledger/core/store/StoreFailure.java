package org.sessionledger.core.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database failed to do what the store asked of it; nothing of the group was acknowledged. */
public final class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private enum Kept {
    NOTHING,
    NOTHING_AND_NO_DATABASE,
    NOBODY_KNOWS
  }

  private final Kept kept;

  public StoreFailure(String message, Throwable cause) {
    this(message, cause, Kept.NOTHING);
  }

  private StoreFailure(String message, Throwable cause, Kept kept) {
    super(message + ": " + firstLine(cause), cause);
    this.kept = kept;
  }

  /** No connection can be had; trying again at once would only wait for the next timeout. */
  static StoreFailure unreachable(Throwable cause) {
    return new StoreFailure("no connection to the database", cause, Kept.NOTHING_AND_NO_DATABASE);
  }

  /** Nobody knows whether the group is kept. */
  static StoreFailure unknownOutcome(Exception cause) {
    return new StoreFailure(
        "the connection broke during a commit and the database cannot be asked what became of it;"
            + " sent again under its command id, an accepted command is not carried out twice",
        cause,
        Kept.NOBODY_KNOWS);
  }

  /**
   * The database came back with less than it had committed; nobody was told of that group.
   *
   * @param cause null when the database failed unseen
   */
  static StoreFailure lost(@Nullable Exception cause) {
    return new StoreFailure(
        "the database failed before the command was durable, and came back without it",
        cause == null ? new SQLException("its file was closed") : cause);
  }

  /** True when nothing was kept and a second attempt on a new connection may well succeed. */
  public boolean mayTryAgain() {
    return kept == Kept.NOTHING;
  }

  /** What this means to those who wait behind and of whom nothing was begun. */
  public StoreFailure forTheNext() {
    return kept == Kept.NOBODY_KNOWS ? unreachable(this) : this;
  }

  /** Drivers put whole rows into their messages; the rest stays with the cause. */
  private static String firstLine(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no message");
  }
}
