package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Commands of whoever sent a request, for pages that give them: his role and his prefix decide what
 * he may, and his name is the actor, as where the API takes them.
 */
public final class CallerCommands {

  private final Commands commands;

  CallerCommands(Commands commands) {
    this.commands = commands;
  }

  /**
   * Decides one command.
   *
   * @param command its JSON, without an actor where the server asks for credentials
   * @return the decision document, a rejection included
   * @throws ApiProblem when the caller may not give it, or it is no JSON
   */
  public JsonNode decide(HttpServletRequest request, String command) {
    return commands.decide(command, CommandHeaders.of(request));
  }
}
