package org.sessionledger.core.session;

import java.time.Instant;
import org.axonframework.eventhandling.EventMessage;
import org.sessionledger.core.identity.CommandId;

/**
 * An accepted event with all that is stored beside it.
 *
 * @param position place in the global order, from 1, without gaps
 * @param sessionNo a number for the session's key that never changes; short enough for any index
 * @param version place within the session, from 1
 * @param commandType the accepted command's name
 * @param command the accepted command as canonical JSON, with its provenance
 * @param recordedAt the ledger's own clock, microseconds, never runs backwards over positions
 * @param session the session as the event left it
 */
public record RecordedEvent(
    long position,
    long sessionNo,
    long version,
    SessionEvent event,
    CommandId commandId,
    String commandType,
    String command,
    Provenance provenance,
    Instant recordedAt,
    SessionStatus session) {

  /** Metadata key of the record itself, on every message of the ledger's event store. */
  public static final String METADATA_KEY = "recorded";

  /** The record that a message of the ledger's event store carries. */
  public static RecordedEvent of(EventMessage<?> message) {
    if (message.getMetaData().get(METADATA_KEY) instanceof RecordedEvent recorded) {
      return recorded;
    }
    throw new IllegalStateException("not a message of the ledger's event store: " + message);
  }
}
