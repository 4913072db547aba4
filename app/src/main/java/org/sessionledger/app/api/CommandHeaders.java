package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Provenance;

/**
 * What a request's headers say of its commands.
 *
 * @param commandId of the header {@code Idempotency-Key}; null when there is none
 * @param traceparent of the header of the same name; a command's own goes before it
 */
record CommandHeaders(@Nullable CommandId commandId, @Nullable String traceparent) {

  static final CommandHeaders NONE = new CommandHeaders(null, null);

  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** A trace context that is broken is to be ignored, says its specification. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]{0,200})?");

  static CommandHeaders of(HttpServletRequest request) {
    List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
    if (keys.size() > 1) {
      throw Problems.badHeader(IDEMPOTENCY_KEY, "stands twice; a command has one id.");
    }
    String trace = request.getHeader("traceparent");
    return new CommandHeaders(
        keys.isEmpty() ? null : id(keys.get(0)),
        trace != null && TRACEPARENT.matcher(trace).matches() ? trace : null);
  }

  /** The id of a command that brings none. */
  CommandId makeId() {
    return commandId == null ? Ledger.newCommandId() : commandId;
  }

  /**
   * Adds to a command what the headers say of it.
   *
   * @throws ApiProblem when they contradict it
   */
  Incoming applyTo(Incoming incoming) {
    if (commandId != null && !commandId.equals(incoming.commandId())) {
      throw Problems.badHeader(
          IDEMPOTENCY_KEY,
          "says '"
              + Problems.echo(commandId.value())
              + "' and the body's commandId says '"
              + Problems.echo(incoming.commandId().value())
              + "'; send one of them, or the same twice. Nothing was decided.");
    }
    if (traceparent == null || incoming.provenance().traceparent() != null) {
      return incoming;
    }
    Provenance own = incoming.provenance();
    Provenance traced =
        new Provenance(own.source(), own.actor(), own.reason(), own.occurredAt(), traceparent);
    if (incoming instanceof Arrival arrival) {
      return new Arrival(arrival.commandId(), arrival.command(), traced, arrival.dryRun());
    }
    MalformedCommand malformed = (MalformedCommand) incoming;
    return new MalformedCommand(
        malformed.commandId(),
        malformed.type(),
        malformed.sessionKey(),
        malformed.field(),
        malformed.problem(),
        malformed.received(),
        traced,
        malformed.dryRun());
  }

  private static CommandId id(String header) {
    try {
      return new CommandId(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)))
              .toString());
    } catch (InvalidField e) {
      throw Problems.badHeader(IDEMPOTENCY_KEY, "is the command's id, and " + e.getMessage() + ".");
    } catch (CharacterCodingException e) {
      throw Problems.badHeader(IDEMPOTENCY_KEY, "is not UTF-8.");
    }
  }
}
