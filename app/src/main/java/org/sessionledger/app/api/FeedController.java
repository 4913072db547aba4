package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The live feeds, as Server-Sent Events. */
@RestController
class FeedController {

  private final Feeds feeds;

  FeedController(Feeds feeds) {
    this.feeds = feeds;
  }

  @GetMapping(
      path = "/v1/changes",
      produces = {Answers.EVENT_STREAM, Answers.PROBLEM_JSON})
  void changes(HttpServletRequest request, HttpServletResponse response) throws IOException {
    feeds.sessions(request, response);
  }

  @GetMapping(
      path = "/v1/decisions/changes",
      produces = {Answers.EVENT_STREAM, Answers.PROBLEM_JSON})
  void refusals(HttpServletRequest request, HttpServletResponse response) throws IOException {
    feeds.refusals(request, response);
  }
}
