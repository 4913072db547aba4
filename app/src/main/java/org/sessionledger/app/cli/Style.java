package org.sessionledger.app.cli;

/**
 * Colour where it is welcome, and nothing elsewhere.
 *
 * @param colour true when it is welcome
 */
record Style(boolean colour) {

  static final Style PLAIN = new Style(false);

  String bold(String text) {
    return sgr("1", text);
  }

  String dim(String text) {
    return sgr("2", text);
  }

  String good(String text) {
    return sgr("32", text);
  }

  String bad(String text) {
    return sgr("31", text);
  }

  String odd(String text) {
    return sgr("33", text);
  }

  String command(String text) {
    return sgr("36", text);
  }

  /** A verdict, a status or a run's end in the colour that people expect. */
  String status(String word) {
    return switch (word) {
      case "accepted", "done", "running" -> good(word);
      case "rejected", "failed" -> bad(word);
      case "aborted", "interrupted", "superseded" -> odd(word);
      case "duplicate", "closed", "migrated" -> dim(word);
      default -> word;
    };
  }

  private String sgr(String code, String text) {
    return colour && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
