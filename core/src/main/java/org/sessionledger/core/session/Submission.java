package org.sessionledger.core.session;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What arrived, with the JSON that is stored beside its decision. Made by the sender's thread, so
 * that the one thread that decides has less to do.
 *
 * @param command the canonical command
 * @param text the same as text
 */
public record Submission(Incoming incoming, JsonNode command, String text) {

  public static Submission of(Incoming incoming) {
    JsonNode command =
        incoming instanceof Arrival arrival
            ? CommandJson.canonical(arrival)
            : CommandJson.canonical((MalformedCommand) incoming);
    return new Submission(incoming, command, command.toString());
  }
}
