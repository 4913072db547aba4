package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The audit of a rotation, told in words. */
final class AuditTale {

  private AuditTale() {}

  static void print(Terminal terminal, String indent, JsonNode audit) {
    Paragraph.print(terminal, indent, rotation(audit));
    Paragraph.print(terminal, indent, runs(audit));
    JsonNode late = audit.path("lateArrivals");
    long count = 0;
    for (JsonNode refusal : late) {
      count += refusal.path("count").asLong(1);
    }
    Paragraph.print(
        terminal,
        indent,
        count == 0
            ? "Nothing of the ended generation arrived afterwards."
            : Words.count(count, "report", "reports")
                + " of the ended generation came too late and "
                + (count == 1 ? "was" : "were")
                + " refused:");
    for (JsonNode refusal : late) {
      Paragraph.print(terminal, indent + "  ", lateArrival(audit, refusal));
    }
    proof(terminal, indent, audit);
  }

  private static String rotation(JsonNode audit) {
    JsonNode rotation = audit.path("rotation");
    String actor = Words.of(rotation, "actor");
    String reason = Words.of(rotation, "reason");
    String by = actor.equals(Words.NONE) ? "" : " by " + actor;
    String why = reason.equals(Words.NONE) ? "" : " (" + reason + ")";
    JsonNode after = audit.path("after");
    boolean rotated = !generation(after).equals(generation(audit.path("before")));
    return "At "
        + Words.time(rotation, "at")
        + " "
        + Words.of(rotation, "type")
        + by
        + why
        + " ended generation "
        + generation(audit.path("before"))
        + (rotated ? " and began generation " + generation(after) + "." : ".");
  }

  private static String generation(JsonNode side) {
    return Words.of(side, "generation") + " (" + Words.of(side, "sessionId") + ")";
  }

  private static String runs(JsonNode audit) {
    JsonNode before = audit.path("before");
    List<String> carried = Words.list(audit.path("carriedRuns"));
    List<String> superseded = Words.list(audit.path("supersededRuns"));
    StringBuilder tale = new StringBuilder("Before it the session was ");
    tale.append(Words.of(before, "status"));
    if (carried.isEmpty() && superseded.isEmpty()) {
      tale.append(" with no run in flight");
    }
    tale.append("; right after it, ").append(Words.of(audit.path("after"), "status")).append('.');
    if (!superseded.isEmpty()) {
      tale.append(" In flight and left behind: ").append(Words.sentence(superseded)).append('.');
    }
    if (!carried.isEmpty()) {
      tale.append(" Carried over: ").append(Words.sentence(carried)).append('.');
    }
    return tale.toString();
  }

  private static String lateArrival(JsonNode audit, JsonNode refusal) {
    JsonNode presented = refusal.path("presented");
    String run = Words.of(presented, "runId");
    String message = Words.of(presented, "errorMessage");
    long count = refusal.path("count").asLong(1);
    return "· "
        + Words.of(refusal, "commandType")
        + (run.equals(Words.NONE) ? "" : " of run " + run)
        + ", "
        + Words.of(refusal, "reason")
        + (count > 1 ? ", " + count + " times" : "")
        + after(audit, refusal)
        + (message.equals(Words.NONE) ? "" : ": \"" + Shown.fit(message, 160) + "\"");
  }

  private static String after(JsonNode audit, JsonNode refusal) {
    try {
      Instant rotated = Instant.parse(Words.of(audit.path("rotation"), "at"));
      Duration late = Duration.between(rotated, Instant.parse(Words.of(refusal, "firstAt")));
      return late.toSeconds() < 1
          ? ""
          : String.format(Locale.ROOT, ", %,d s after it", late.toSeconds());
    } catch (DateTimeException e) {
      return "";
    }
  }

  private static void proof(Terminal terminal, String indent, JsonNode audit) {
    long changes = audit.path("changesFromEndedGeneration").asLong();
    boolean intact = audit.path("intact").asBoolean();
    Style style = terminal.style();
    String sentence =
        "Changes that the ended generation made to what came after it: "
            + changes
            + (intact ? ". The session is intact." : ". THE SESSION IS NOT INTACT.");
    terminal.out().println(indent + (intact ? style.good(sentence) : style.bad(sentence)));
  }
}
