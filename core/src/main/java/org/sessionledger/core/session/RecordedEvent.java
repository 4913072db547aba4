package org.sessionledger.core.session;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.axonframework.eventhandling.EventMessage;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;

/**
 * An accepted event with all that is stored beside it. What is stored as JSON is read when it is
 * asked for, so that who needs the event alone does not pay for the rest; damage shows then, as an
 * {@link IllegalStateException}.
 */
public final class RecordedEvent {

  /** Metadata key of the record itself, on every message of the ledger's event store. */
  public static final String METADATA_KEY = "recorded";

  private final long position;
  private final long sessionNo;
  private final long version;
  private final String type;
  private final String json;
  private final Instant recordedAt;
  private final @Nullable String commandType;
  private final @Nullable String command;
  private final @Nullable String session;

  // Values never change once they are read: two threads that read one at a time read the same.
  private @Nullable SessionEvent event;
  private @Nullable Provenance provenance;

  /**
   * @param position place in the global order, from 1, without gaps
   * @param sessionNo a number for the session's key that never changes; short enough for any index
   * @param version place within the session, from 1
   * @param type the event's stored name
   * @param json the event
   * @param recordedAt the ledger's own clock, microseconds, never runs backwards over positions
   * @param commandType the accepted command's name; null when it was not read
   * @param command the accepted command as canonical JSON; null when it was not read
   * @param session the session as the event left it, as JSON; null when it was not read
   */
  public RecordedEvent(
      long position,
      long sessionNo,
      long version,
      String type,
      String json,
      Instant recordedAt,
      @Nullable String commandType,
      @Nullable String command,
      @Nullable String session) {
    this.position = position;
    this.sessionNo = sessionNo;
    this.version = version;
    this.type = type;
    this.json = json;
    this.recordedAt = recordedAt;
    this.commandType = commandType;
    this.command = command;
    this.session = session;
  }

  /** The record that a message of the ledger's event store carries. */
  public static RecordedEvent of(EventMessage<?> message) {
    if (message.getMetaData().get(METADATA_KEY) instanceof RecordedEvent recorded) {
      return recorded;
    }
    throw new IllegalStateException("not a message of the ledger's event store: " + message);
  }

  /** Place in the global order, from 1, without gaps. */
  public long position() {
    return position;
  }

  /** A number for the session's key that never changes. */
  public long sessionNo() {
    return sessionNo;
  }

  /** Place within the session, from 1. */
  public long version() {
    return version;
  }

  /** When the ledger recorded it: its own clock, which never runs backwards over positions. */
  public Instant recordedAt() {
    return recordedAt;
  }

  /** The event's stored name. */
  public String type() {
    return type;
  }

  public SessionEvent event() {
    SessionEvent read = event;
    if (read == null) {
      read = EventJson.read(type, json);
      event = read;
    }
    return read;
  }

  /** The accepted command's id. */
  public CommandId commandId() {
    return new CommandId(Json.tree(command()).get("commandId").textValue());
  }

  /** The accepted command's name. */
  public String commandType() {
    return requireRead(commandType);
  }

  /** The accepted command as canonical JSON, with its provenance. */
  public String command() {
    return requireRead(command);
  }

  public Provenance provenance() {
    Provenance read = provenance;
    if (read == null) {
      JsonNode canonical = Json.tree(command());
      read = CommandJson.provenance(canonical);
      provenance = read;
    }
    return read;
  }

  /** The session as the event left it. */
  public SessionStatus session() {
    return Json.read(requireRead(session), SessionStatus.class);
  }

  /** Characters that were read of it: what it costs to keep. */
  public int length() {
    return json.length() + length(command) + length(session);
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static String requireRead(@Nullable String text) {
    if (text == null) {
      throw new IllegalStateException("of this event only the event itself was read");
    }
    return text;
  }

  @Override
  public String toString() {
    return type + " at " + position + ", version " + version + " of session no. " + sessionNo;
  }
}
