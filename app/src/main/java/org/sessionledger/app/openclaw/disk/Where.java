package org.sessionledger.app.openclaw.disk;

/**
 * Where something is recorded.
 *
 * @param file below the imported folder: the folders above are the machine's own business
 * @param record a line, or a table and what names its row
 */
record Where(String file, String record) {

  static Where line(String file, long line) {
    return new Where(file, Long.toString(line));
  }

  /** The file as a whole, its name or its place. */
  static Where of(String file) {
    return new Where(file, "");
  }

  @Override
  public String toString() {
    return record.isEmpty() ? file : file + ":" + record;
  }
}
