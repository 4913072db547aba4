package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One refusal, explained. */
@Command(
    name = "explain",
    header = "One refusal, explained.%n",
    description =
        "One refusal: what was presented, what was current, what had superseded it, and the way"
            + " out.",
    footer = {
      "",
      "Example, with an id from '${ROOT-COMMAND-NAME} decision list':",
      "  ${COMMAND-FULL-NAME} 0198f2c4-7d1e-7a30-9c55-0a4f6f0f9b21"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class DecisionExplain extends QueryVerb {

  @Parameters(paramLabel = "ID", description = "The decision's id.")
  private String id = "";

  DecisionExplain(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    if (id.isEmpty()) {
      throw wrongUsage("ID is empty");
    }
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.decision(id);
  }

  @Override
  void show(JsonNode decision) {
    Style style = terminal().style();
    String reason = Words.of(decision, "reason");
    say(
        style.status(Words.of(decision, "verdict"))
            + "  "
            + (reason.equals(Words.NONE) ? "" : style.bold(reason) + "  ")
            + Shown.cut(Words.of(decision, "commandType"), 40)
            + times(decision.path("count").asLong(1)));
    Paragraph.print(
        terminal(),
        "  ",
        decision.hasNonNull("detail")
            ? Words.of(decision, "detail")
            : "It was so already; nothing was changed.");
    Table table = new Table(style, "  ").dim("").left("");
    row(table, "session", decision, "sessionKey");
    row(table, "command id", decision, "commandId");
    row(table, "field", decision, "field");
    fields(table, "presented", decision.path("presented"));
    fields(table, "current", decision.path("current"));
    fields(table, "superseded by", decision.path("supersededBy"));
    fields(table, "sent by", decision.path("firstCommand").path("source"));
    row(table, "sender said", decision.path("firstCommand"), "reason");
    row(table, "moved to", decision, "movedTo");
    if (decision.has("firstAt")) {
      table.row("first", Words.time(decision, "firstAt"));
      table.row("last", Words.time(decision, "lastAt"));
    }
    say("");
    table.print(terminal().out());
    if (decision.hasNonNull("next")) {
      say("");
      say("  " + style.bold("What to do next"));
      Paragraph.print(terminal(), "  ", Words.of(decision, "next"));
    }
  }

  private static String times(long count) {
    return count > 1 ? "  × " + Words.number(count) : "";
  }

  private static void row(Table table, String name, JsonNode node, String field) {
    if (node.hasNonNull(field)) {
      table.row(name, Words.of(node, field));
    }
  }

  private static void fields(Table table, String name, JsonNode node) {
    String head = name;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode value = field.getValue();
      String text = value.isValueNode() ? value.asText() : value.toString();
      table.row(head, field.getKey() + " " + text);
      head = "";
    }
  }
}
