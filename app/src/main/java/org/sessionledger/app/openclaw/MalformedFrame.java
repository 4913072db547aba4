package org.sessionledger.app.openclaw;

/**
 * A frame whose fields are not what they must be; the message names the field and what it holds.
 */
public final class MalformedFrame extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedFrame(String problem) {
    super(problem);
  }
}
