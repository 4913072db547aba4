package org.sessionledger.app.cli;

/** Exit statuses; the command line's contract. */
final class Exit {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int REFUSED = 3;
  static final int DIFFERENCE = 4;

  /** The same as lines of a help text. */
  static final String DONE_HELP = "0:done";

  static final String FAILED_HELP = "1:failed; one sentence on stderr says why";
  static final String WRONG_USAGE_HELP = "2:wrong usage";
  static final String REFUSED_HELP = "3:the input was one command, and it was refused";
  static final String DIFFERENCE_HELP = "4:a difference was found";

  private Exit() {}
}
