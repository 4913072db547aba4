package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** One session's document for people. */
final class SessionCard {

  private SessionCard() {}

  static void print(JsonNode session, Terminal terminal) {
    Style style = terminal.style();
    String status = Words.of(session, "status");
    long active = session.path("activeRuns").asLong();
    terminal
        .out()
        .println(
            style.bold(Shown.cut(Words.of(session, "sessionKey"), Table.WIDTH - 14))
                + "  "
                + style.status(status));
    Table table = new Table(style, "  ").dim("").left("");
    table.row("generation", Words.of(session, "generation"));
    table.row("session id", Words.of(session, "sessionId"));
    table.row("active runs", active);
    lastRun(table, session.path("lastRun"));
    table.row("version", Words.of(session, "version"));
    optional(table, session, "tokens");
    if (!Words.of(session, "runPolicy").equals("concurrent")) {
      optional(table, session, "runPolicy");
    }
    JsonNode origin = session.path("origin");
    if (origin.isObject()) {
      table.row("origin", Words.of(origin, "kind") + " of " + Words.of(origin, "sessionKey"));
    }
    if (session.hasNonNull("movedTo")) {
      table.row("moved to", Words.of(session, "movedTo"));
    }
    session
        .path("attributes")
        .properties()
        .forEach(a -> table.row("attribute", a.getKey() + " = " + a.getValue().asText()));
    table.row("opened", Words.time(session, "openedAt"));
    table.row("changed", Words.time(session, "changedAt"));
    table.print(terminal.out());
  }

  private static void lastRun(Table table, JsonNode run) {
    if (!run.isObject()) {
      return;
    }
    String attempt = run.path("attempt").asLong() > 1 ? ", attempt " + run.path("attempt") : "";
    table.row("last run", Words.of(run, "runId") + attempt + ": " + Words.of(run, "status"));
    String kind = Words.of(run, "errorKind");
    String message = Words.of(run, "errorMessage");
    if (!message.equals(Words.NONE) || !kind.equals(Words.NONE)) {
      table.row(
          "error",
          message.equals(Words.NONE)
              ? kind
              : kind.equals(Words.NONE) ? message : kind + ": " + message);
    }
  }

  private static void optional(Table table, JsonNode session, String field) {
    if (session.hasNonNull(field)) {
      table.row(field.equals("runPolicy") ? "run policy" : field, Words.of(session, field));
    }
  }
}
