package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.CommandRights;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Provenance;

/**
 * What a request's headers say of its commands, and who sent them.
 *
 * @param commandId of the header {@code Idempotency-Key}; null when there is none
 * @param traceparent of the header of the same name; a command's own goes before it
 * @param caller the actor of the commands when he is known
 */
record CommandHeaders(@Nullable CommandId commandId, @Nullable String traceparent, Caller caller) {

  static final CommandHeaders NONE = new CommandHeaders(null, null, Caller.ANYBODY);

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
        trace != null && TRACEPARENT.matcher(trace).matches() ? trace : null,
        Callers.of(request));
  }

  /** The id of a command that brings none. */
  CommandId makeId() {
    return commandId == null ? Ledger.newCommandId() : commandId;
  }

  /**
   * Adds to a command what the headers say of it.
   *
   * @throws ApiProblem when they contradict it, or the caller may not give it
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
    requireMay(incoming);
    Provenance own = incoming.provenance();
    String trace = own.traceparent() == null ? traceparent : own.traceparent();
    if (!caller.isKnown()) {
      return Objects.equals(trace, own.traceparent())
          ? incoming
          : with(
              incoming,
              new Provenance(own.source(), own.actor(), own.reason(), own.occurredAt(), trace));
    }
    Provenance signed =
        new Provenance(own.source(), caller.name(), own.reason(), own.occurredAt(), trace);
    return own.actor() != null && incoming instanceof Arrival arrival
        ? signsForAnother(arrival, signed)
        : with(incoming, signed);
  }

  private void requireMay(Incoming incoming) {
    String objection = objection(incoming);
    if (objection != null) {
      ApiProblem problem = Callers.forbidden(objection + ". Nothing of it was decided.");
      throw new ApiProblem(problem.document().put("commandId", incoming.commandId().value()));
    }
  }

  private @Nullable String objection(Incoming incoming) {
    if (incoming instanceof Arrival arrival) {
      return CommandRights.objection(caller, arrival.command());
    }
    SessionKey named = ((MalformedCommand) incoming).sessionKey();
    return named == null || caller.mayUse(named)
        ? null
        : "The command names a session whose key does not begin with the token's prefix";
  }

  /** Who did it is what an audit rests on, so that nobody may write it himself. */
  private static MalformedCommand signsForAnother(Arrival arrival, Provenance signed) {
    return new MalformedCommand(
        arrival.commandId(),
        arrival.command().type(),
        arrival.command().sessionKey(),
        "actor",
        "actor comes from the token where the server asks for one; leave it away",
        CommandJson.canonical(arrival),
        signed,
        arrival.dryRun());
  }

  private static Incoming with(Incoming incoming, Provenance provenance) {
    if (incoming instanceof Arrival arrival) {
      return new Arrival(arrival.commandId(), arrival.command(), provenance, arrival.dryRun());
    }
    MalformedCommand malformed = (MalformedCommand) incoming;
    return new MalformedCommand(
        malformed.commandId(),
        malformed.type(),
        malformed.sessionKey(),
        malformed.field(),
        malformed.problem(),
        malformed.received(),
        provenance,
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
