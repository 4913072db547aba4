package org.sessionledger.app.openclaw.disk;

/** Hears what was odd about a store. */
interface Findings {

  /** Something that cannot be read, and is skipped. */
  void unreadable(Where where, String problem);

  /** A file whose name and whose records disagree: the records are trusted. */
  void torn(Where where, String what);
}
