package org.sessionledger.projections.runs;

import org.sessionledger.core.identity.RunAttempt;

/** Names one attempt of a run over all sessions. */
record RunKey(long sessionNo, RunAttempt run) {}
