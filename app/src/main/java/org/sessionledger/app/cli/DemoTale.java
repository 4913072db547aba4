package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.cli.DemoVerb.Arrived;
import org.sessionledger.app.cli.DemoVerb.Story;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/** The demo's story, told on a terminal. */
final class DemoTale {

  private static final String INDENT = "  ";
  private static final String DEFAULT_FOLDER = "demo-data";
  private static final int ID_SHOWN = 8;
  private static final int LABEL_COLUMNS = 14;
  private static final int SIDE_COLUMNS = 40;

  private final Terminal terminal;
  private final Style style;
  private final String where;

  /**
   * @param where the options that say where the ledger is kept; empty when it is not
   */
  DemoTale(Terminal terminal, String where) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
  }

  void tell(Story story) {
    head("The race");
    Paragraph.print(
        terminal,
        INDENT,
        "A run fails, and the gateway waits 15 seconds before it writes that down, in case of a"
            + " retry. Meanwhile somebody resets the session, so a fresh one stands under the same"
            + " key. Then the timer fires, and the old run's failure lands on the fresh session:"
            + " frame 40. These are the frames of a real OpenClaw 2026.5.28 gateway, decided one by"
            + " one.");
    arrivals(story);
    sides(story);
    head("The audit of the reset");
    AuditTale.print(terminal, INDENT, story.audit());
    next(story);
  }

  private void arrivals(Story story) {
    head("Each arrival, and the ledger's verdict");
    Table table =
        new Table(style, INDENT)
            .right("FRAME")
            .right("AFTER")
            .left("COMMAND")
            .left("RUN")
            .status("VERDICT")
            .left("");
    Iterator<JsonNode> refusals = story.refusals().iterator();
    JsonNode refusal = null;
    for (Arrived arrived : story.arrivals()) {
      row(table, arrived);
      if (arrived.ruling().verdict() == Verdict.REJECTED && refusals.hasNext()) {
        refusal = refusals.next();
      }
    }
    table.print(terminal.out());
    if (refusal != null) {
      say("");
      why(refusal);
    }
    boolean seenBefore =
        story.arrivals().stream().noneMatch(a -> a.ruling().verdict() == Verdict.ACCEPTED);
    if (seenBefore) {
      say("");
      Paragraph.print(
          terminal,
          INDENT,
          "This ledger had heard the recording before: what it accepted then is a duplicate now,"
              + " and the rest is judged by what is current now. Nothing was changed.");
    }
  }

  private void row(Table table, Arrived arrived) {
    SessionCommand command = arrived.command().arrival().command();
    table.row(
        arrived.command().place().line(),
        String.format(Locale.ROOT, "%.1f s", arrived.afterMilliseconds() / 1_000.0),
        command.type(),
        command instanceof SessionCommand.OfRun run ? run.runId().value() : "",
        arrived.ruling().verdict().code(),
        remark(arrived));
  }

  private static String remark(Arrived arrived) {
    if (arrived.ruling().reason() != null) {
      return arrived.ruling().reason();
    }
    SessionCommand command = arrived.command().arrival().command();
    boolean begins =
        command instanceof SessionCommand.OpenSession
            || command instanceof SessionCommand.ResetSession;
    return begins
        ? "generation "
            + arrived.ruling().generation()
            + ": "
            + shortly(arrived.ruling().sessionId())
        : arrived.command().projected() ? "shown by the gateway" : "told by the run";
  }

  private static String shortly(@Nullable SessionId id) {
    return id == null ? "" : shortly(id.value());
  }

  private static String shortly(String id) {
    return id.length() <= ID_SHOWN ? id : id.substring(0, ID_SHOWN) + "…";
  }

  private void why(JsonNode refusal) {
    say(INDENT + style.bad("Refused: ") + style.bold(Words.of(refusal, "reason")));
    Paragraph.print(terminal, INDENT, Words.of(refusal, "detail"));
    Paragraph.print(terminal, INDENT, Words.of(refusal, "next"));
  }

  private void sides(Story story) {
    head("The same session, seen twice");
    JsonNode ledger = story.session();
    List<Replay.Difference> differences = story.replay().differences();
    Replay.@Nullable Shown shown = differences.isEmpty() ? null : differences.get(0).shown();
    String shownStatus = shown == null ? null : shown.status();
    String status = shownStatus == null ? "no status" : shownStatus;
    String ledgerStatus = Words.of(ledger, "status");
    side("", style::dim, "OPENCLAW SHOWED", style::dim, "THE LEDGER HAS");
    side(
        "session id",
        style::bold,
        shown == null ? Words.of(ledger, "sessionId") : shown.sessionId(),
        style::bold,
        Words.of(ledger, "sessionId"));
    side(
        "status",
        shown == null ? style::good : style::bad,
        shown == null ? ledgerStatus : status,
        style::good,
        ledgerStatus);
    side("generation", style::dim, "not known to it", style::bold, Words.of(ledger, "generation"));
    side(
        "last run",
        style::bad,
        shown == null || differences.get(0).runId() == null
            ? "none"
            : differences.get(0).runId() + ", of the old one",
        style::good,
        ledger.path("lastRun").isObject()
            ? Words.of(ledger.path("lastRun"), "runId")
            : "none yet in this generation");
  }

  private void side(
      String label,
      java.util.function.UnaryOperator<String> paintShown,
      String shown,
      java.util.function.UnaryOperator<String> paintHeld,
      String held) {
    String left = Shown.cut(shown, SIDE_COLUMNS - 2);
    say(
        INDENT
            + style.dim(pad(label, LABEL_COLUMNS))
            + paintShown.apply(left)
            + " ".repeat(SIDE_COLUMNS - Shown.width(left))
            + paintHeld.apply(Shown.cut(held, SIDE_COLUMNS)));
  }

  private static String pad(String text, int columns) {
    return text + " ".repeat(columns - text.length());
  }

  private void next(Story story) {
    head("What to try next");
    String key = Shell.quote(story.sessionKey());
    String data = where;
    if (where.isEmpty()) {
      data = " --data " + DEFAULT_FOLDER;
      hint("keep the ledger in a folder", "demo" + data);
    }
    hint("what is refused, and why", "decision list" + data);
    hint("everything that was decided", "session timeline " + key + data);
    hint("the session before the reset", "session show " + key + " --at-version 5" + data);
    hint("your own gateway's recording", "openclaw replay --help");
    hint("the same over HTTP", "serve" + data);
  }

  private void hint(String what, String words) {
    say(INDENT + style.dim("# " + what));
    say(INDENT + style.command(terminal.program() + " " + words));
  }

  private void head(String text) {
    say("");
    say(style.bold(text));
    say("");
  }

  private void say(String line) {
    terminal.out().println(line);
  }
}
