package org.sessionledger.app.openclaw.disk;

import org.sessionledger.app.openclaw.Ruling;

/** Hears how an import goes on. */
public interface ImportListener {

  /** Hears nothing. */
  ImportListener NONE = new ImportListener() {};

  /** A command was decided. */
  default void decided(Order order, Ruling ruling) {}

  /** Something was skipped. */
  default void unreadable(String where, String problem) {}

  /**
   * Some work is done.
   *
   * @param total 0 when that is not known
   */
  default void progress(String what, long done, long total) {}
}
