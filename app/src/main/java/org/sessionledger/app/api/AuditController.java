package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.store.audit.Checkpoint;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What auditors ask for. It may be long, and is written while it is found. */
@RestController
class AuditController {

  private static final long PROGRESS_NANOS = Duration.ofMillis(250).toNanos();

  private final LedgerApi ledger;

  AuditController(LedgerApi ledger) {
    this.ledger = ledger;
  }

  /** Lines of progress, then one with the result. */
  @PostMapping(
      path = "/v1/verification",
      produces = {Answers.NDJSON, Answers.PROBLEM_JSON})
  void verify(HttpServletRequest request, HttpServletResponse response) throws IOException {
    QueryParameters query = QueryParameters.of(request, "position", "decisionSeq");
    Lines lines = new Lines(response);
    JsonNode result;
    try {
      result = ledger.verify(checkpoint(query), lines::progress);
    } catch (UncheckedIOException e) {
      throw new IOException("the client went away", e);
    } catch (RuntimeException e) {
      if (!response.isCommitted()) {
        throw e;
      }
      lines.write("problem", problem(e).document());
      return;
    }
    lines.write("result", result);
  }

  /** One CloudEvent a line; how it ends tells whether it is whole. */
  @GetMapping(
      path = "/v1/sessions/{sessionKey}/bundle",
      produces = {Answers.NDJSON, Answers.PROBLEM_JSON})
  void bundle(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters.of(request);
    ledger.bundle(sessionKey, new Late(response));
  }

  /** Asks for the response's stream when there is something to write, and not before a problem. */
  private static final class Late extends OutputStream {

    private final HttpServletResponse response;
    private @Nullable OutputStream out;

    Late(HttpServletResponse response) {
      this.response = response;
    }

    private OutputStream out() throws IOException {
      if (out == null) {
        response.setContentType(Answers.NDJSON);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        out = response.getOutputStream();
      }
      return out;
    }

    @Override
    public void write(int b) throws IOException {
      out().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out().write(bytes, offset, length);
    }
  }

  private static @Nullable Checkpoint checkpoint(QueryParameters query) {
    Long position = query.number("position", 0);
    Long decisionSeq = query.number("decisionSeq", 0);
    if ((position == null) != (decisionSeq == null)) {
      throw Problems.badParameter(
          position == null ? "position" : "decisionSeq",
          "is missing: a moment is told by 'position' and 'decisionSeq' together");
    }
    return position == null || decisionSeq == null ? null : new Checkpoint(position, decisionSeq);
  }

  private static ApiProblem problem(RuntimeException e) {
    return e instanceof ApiProblem problem
        ? problem
        : Problems.ofStatus(500, "The verification failed: " + e.getMessage());
  }

  /** An answer that grows line by line. */
  private static final class Lines {

    private final HttpServletResponse response;
    private long lastAt = System.nanoTime();

    Lines(HttpServletResponse response) {
      this.response = response;
    }

    void progress(String part, long done, long total) {
      if (System.nanoTime() - lastAt < PROGRESS_NANOS) {
        return;
      }
      lastAt = System.nanoTime();
      ObjectNode line =
          JsonNodeFactory.instance
              .objectNode()
              .put("part", part)
              .put("done", done)
              .put("total", total);
      try {
        write(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void write(String name, JsonNode document) throws IOException {
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.set(name, document);
      write(line);
    }

    private void write(ObjectNode line) throws IOException {
      if (!response.isCommitted()) {
        response.setContentType(Answers.NDJSON);
      }
      OutputStream out = response.getOutputStream();
      out.write(Answers.bytes(line));
      out.write('\n');
      out.flush();
    }
  }
}
