package org.sessionledger.spring;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences, instead of a stack trace, why the application has no ledger. */
final class LedgerFailureAnalyzer extends AbstractFailureAnalyzer<LedgerUnavailable> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LedgerUnavailable cause) {
    return new FailureAnalysis(
        "The session ledger cannot be opened. " + cause.getMessage(), action(rootFailure), cause);
  }

  private @Nullable String action(Throwable rootFailure) {
    LedgerNotOpened notOpened = findCause(rootFailure, LedgerNotOpened.class);
    if (notOpened == null) {
      return null;
    }
    return notOpened.inFolder()
        ? "A folder is one process's alone: end the other process, or set session-ledger.folder to"
            + " a folder that this one may write to. Processes that share a ledger need PostgreSQL:"
            + " unset session-ledger.folder and set spring.datasource.url."
        : "Look whether the database of the application's DataSource (spring.datasource.url) runs,"
            + " is H2 or PostgreSQL, and lets its user make tables. To keep the ledger elsewhere,"
            + " set session-ledger.folder.";
  }
}
