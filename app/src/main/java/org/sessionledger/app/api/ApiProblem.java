package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the HTTP API answers with a problem document (RFC 9457), as an exception. */
public final class ApiProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ObjectNode document;
  private final int status;

  /**
   * @param status the HTTP status
   * @param type the problem's name, the last part of its {@code urn:session-ledger:} URN
   * @param detail what was wrong, where, and the way out
   */
  public ApiProblem(int status, String type, String title, String detail) {
    this(
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "urn:session-ledger:" + type)
            .put("title", title)
            .put("status", status)
            .put("detail", detail));
  }

  /** A problem as a server sent it. */
  public ApiProblem(ObjectNode document) {
    super(document.path("detail").asText(document.path("title").asText()));
    this.document = document;
    this.status = document.path("status").asInt();
  }

  public int status() {
    return status;
  }

  public ObjectNode document() {
    return document.deepCopy();
  }
}
