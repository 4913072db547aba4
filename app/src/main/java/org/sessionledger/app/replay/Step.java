package org.sessionledger.app.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/**
 * One arrival as it was recorded.
 *
 * @param number its place among those of the session, from 1
 * @param reason its code; null unless it was refused
 * @param decisionId null when it was accepted
 * @param events what it made happen in this session
 * @param session as the events left it; null when there are none
 * @param current what was current at a refusal; null when there was no session, or nobody kept it
 * @param count arrivals that it stands for, this one included; 0 for the last of several
 */
record Step(
    long number,
    ObjectNode command,
    Verdict verdict,
    @Nullable String reason,
    @Nullable String decisionId,
    List<SessionEvent> events,
    @Nullable SessionStatus session,
    @Nullable Standing current,
    long count,
    Instant at) {

  /** What it said that it is; null when it did not say. */
  @Nullable String type() {
    return command.path("type").textValue();
  }

  String commandId() {
    return Objects.requireNonNullElse(command.path("commandId").textValue(), "");
  }

  @Nullable String text(String field) {
    return command.path(field).textValue();
  }
}
