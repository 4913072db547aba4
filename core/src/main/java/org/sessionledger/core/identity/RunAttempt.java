package org.sessionledger.core.identity;

/**
 * One attempt of a run.
 *
 * @param attempt 1, 2 …
 */
public record RunAttempt(RunId runId, long attempt) {

  @Override
  public String toString() {
    return runId + "#" + attempt;
  }
}
