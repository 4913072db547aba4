package org.sessionledger.app.cli;

import org.jspecify.annotations.Nullable;

/** A verb cannot do what it was asked; the message is the one sentence that its user reads. */
final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }

  Failure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
