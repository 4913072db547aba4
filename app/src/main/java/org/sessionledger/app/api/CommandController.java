package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Decision;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The one way in: commands, alone or a line each. */
@RestController
class CommandController {

  private static final int WRITE_BUFFER_BYTES = 65_536;

  private final Commands commands;
  private final BodyRoom room;

  CommandController(Commands commands, BodyRoom room) {
    this.commands = commands;
    this.room = room;
  }

  @PostMapping(
      path = "/v1/commands",
      consumes = Answers.JSON,
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> one(HttpServletRequest request) throws IOException {
    QueryParameters.of(request);
    CommandHeaders headers = CommandHeaders.of(request);
    try (BodyRoom.Share share = room.new Share()) {
      return Answers.decision(commands.decide(CommandBody.one(request, share), headers));
    }
  }

  /** Always 200 once the batch was read: a rejection is a line's normal outcome. */
  @PostMapping(
      path = "/v1/commands",
      consumes = Answers.NDJSON,
      produces = {Answers.NDJSON, Answers.JSON, Answers.PROBLEM_JSON})
  void batch(HttpServletRequest request, HttpServletResponse response) throws IOException {
    QueryParameters.of(request);
    CommandHeaders headers = CommandHeaders.of(request);
    if (headers.commandId() != null) {
      throw Problems.badHeader(
          CommandHeaders.IDEMPOTENCY_KEY,
          "does not go with a batch; each line has a commandId of its own. Nothing was decided.");
    }
    try (BodyRoom.Share share = room.new Share()) {
      List<@Nullable String> lines = CommandBody.lines(request, share);
      List<CompletableFuture<Decision>> decisions = commands.submitAll(lines, headers);
      answer(decisions, request, response);
    }
  }

  private static void answer(
      List<CompletableFuture<Decision>> decisions,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    response.setContentType(Answers.NDJSON);
    try (OutputStream out =
        new BufferedOutputStream(response.getOutputStream(), WRITE_BUFFER_BYTES)) {
      for (CompletableFuture<Decision> decision : decisions) {
        ObjectNode outcome = Commands.outcome(decision);
        if (outcome.path("status").intValue() == HttpServletResponse.SC_FORBIDDEN) {
          Callers.tellRefused(
              request, HttpServletResponse.SC_FORBIDDEN, outcome.path("detail").asText());
        }
        out.write(Answers.bytes(outcome));
        out.write('\n');
      }
    }
  }
}
