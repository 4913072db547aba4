package org.sessionledger.app.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.doctor.Diagnosis;
import org.sessionledger.app.openclaw.doctor.Evidence;
import org.sessionledger.app.openclaw.doctor.Finding;

/** What a doctor found, for people: how it stands first, then one finding after the other. */
final class DoctorReport {

  private static final int NOTES_MAX = 20;
  private static final int KEY_COLUMNS = 70;

  private final Terminal terminal;
  private final Style style;
  private final String where;

  /**
   * @param where the options that say where the ledger is, for hints
   */
  DoctorReport(Terminal terminal, String where) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
  }

  void print(Diagnosis diagnosis) {
    summary(diagnosis);
    diagnosis.findings().forEach(this::finding);
    if (diagnosis.findingsLeftOut() > 0) {
      say("");
      say(
          "… and "
              + Words.count(diagnosis.findingsLeftOut(), "more session")
              + " that "
              + (diagnosis.findingsLeftOut() == 1 ? "differs" : "differ")
              + "; --limit tells more, --prefix a part.");
    }
    notes(diagnosis);
  }

  private void summary(Diagnosis diagnosis) {
    String source =
        diagnosis.source().equals("store")
            ? "The store"
            : diagnosis.version() == null
                ? "The gateway"
                : "OpenClaw " + Shown.cut(diagnosis.version(), 40);
    String shows = source + " shows " + Words.count(diagnosis.sessions(), "session");
    if (diagnosis.differ() == 0) {
      say(style.good(shows + "; none disagrees with the ledger."));
    } else {
      String disagree =
          shows
              + "; "
              + Words.number(diagnosis.differ())
              + (diagnosis.differ() == 1 ? " disagrees" : " disagree")
              + " with the ledger: "
              + Words.sentence(kinds(diagnosis))
              + ".";
      Paragraph.lines(disagree, Table.WIDTH).forEach(line -> say(style.bad(line)));
    }
    List<String> more = new ArrayList<>();
    add(more, diagnosis.agree(), "agrees", "agree");
    add(more, diagnosis.unknownToLedger(), "the ledger never heard of", null);
    add(more, diagnosis.moving(), "moved while it was looked at", "moved while looked at");
    add(more, diagnosis.withoutId(), "never began", null);
    add(more, diagnosis.unreadable(), "record is unreadable", "records are unreadable");
    add(more, diagnosis.torn(), "file is torn", "files are torn");
    if (!more.isEmpty()) {
      Paragraph.print(terminal, "", Words.sentence(more) + ".");
    }
    if (diagnosis.notListed() > 0) {
      say(
          "The ledger has "
              + Words.count(diagnosis.notListed(), "open session")
              + " that "
              + (diagnosis.source().equals("store") ? "the store" : "the gateway")
              + " does not show.");
    }
    if (!diagnosis.complete()) {
      say(style.odd("The gateway's listing did not come to an end: not every session was seen."));
    }
  }

  private static void add(List<String> to, long count, String one, @Nullable String many) {
    if (count > 0) {
      to.add(Words.number(count) + " " + (count == 1 || many == null ? one : many));
    }
  }

  private static List<String> kinds(Diagnosis diagnosis) {
    List<String> kinds = new ArrayList<>();
    for (Finding.Kind kind : Finding.Kind.values()) {
      Long count = diagnosis.differByKind().get(kind.code());
      if (count != null) {
        kinds.add(Words.number(count) + " " + kind.words(count));
      }
    }
    if (diagnosis.findingsLeftOut() > 0) {
      kinds.add(Words.number(diagnosis.findingsLeftOut()) + " not examined");
    }
    return kinds;
  }

  private void finding(Finding finding) {
    Finding.Held ledger = finding.ledger();
    say("");
    say(
        style.bold(Shown.cut(finding.sessionKey(), KEY_COLUMNS))
            + "  "
            + style.bad(finding.kind().code()));
    Paragraph.print(terminal, "  ", ReplayReport.sentence(finding.difference()));
    Paragraph.print(
        terminal,
        "  ",
        "Ledger: generation "
            + ledger.generation()
            + " ("
            + ledger.sessionId()
            + "), version "
            + ledger.version()
            + (finding.shown().where() == null ? "" : "; shown in " + finding.shown().where())
            + ".");
    for (Evidence evidence : finding.evidence()) {
      String indent = "  - ";
      for (String line : Paragraph.lines(sentence(evidence), Table.WIDTH - indent.length())) {
        say(indent + line);
        indent = "    ";
      }
      if (evidence instanceof Evidence.RefusedReport refused) {
        say(
            "    "
                + hint(
                    "decision explain " + Shell.quote(Shown.text(refused.decisionId())) + where));
      }
    }
    String command = finding.mend().command();
    if (command != null) {
      say("  " + style.bold("Mend: ") + style.command(Shown.text(command)));
    }
    Paragraph.print(terminal, "        ", finding.mend().effect());
  }

  private static String sentence(Evidence evidence) {
    if (evidence instanceof Evidence.RefusedReport refused) {
      return "Refused"
          + (refused.count() > 1 ? " " + Words.number(refused.count()) + " times" : "")
          + " ("
          + refused.reason()
          + "), after version "
          + refused.afterVersion()
          + ": "
          + refused.detail()
          + (refused.supersededBy() == null
              ? ""
              : " It was ended by " + cause(refused.supersededBy()) + ".");
    }
    if (evidence instanceof Evidence.EndedGeneration ended) {
      return "Session id "
          + ended.sessionId()
          + " was generation "
          + ended.generation()
          + (ended.endedBy() == null ? "" : ", ended by " + cause(ended.endedBy()))
          + ".";
    }
    if (evidence instanceof Evidence.LedgerRun run) {
      return "Run "
          + run.runId()
          + " (attempt "
          + run.attempt()
          + ", generation "
          + run.generation()
          + ") is "
          + run.status()
          + " in the ledger.";
    }
    Evidence.RecordedChange change = (Evidence.RecordedChange) evidence;
    return "Recorded in "
        + change.where()
        + ", and the ledger would refuse it ("
        + change.reason()
        + "): "
        + change.what()
        + ".";
  }

  private static String cause(Evidence.Cause cause) {
    return cause.type()
        + " (version "
        + cause.version()
        + (cause.actor() == null ? "" : ", by " + cause.actor())
        + (cause.reason() == null ? "" : ", " + cause.reason())
        + ")";
  }

  private void notes(Diagnosis diagnosis) {
    if (diagnosis.notes().isEmpty()) {
      return;
    }
    say("");
    say(style.bold("Notes: no differences"));
    diagnosis.notes().stream()
        .limit(NOTES_MAX)
        .forEach(
            note ->
                Paragraph.print(
                    terminal,
                    "  ",
                    note.kind()
                        + "  "
                        + (note.sessionKey() == null ? "" : note.sessionKey() + "  ")
                        + note.text()));
    long more = diagnosis.notes().size() - NOTES_MAX + diagnosis.notesLeftOut();
    if (more > 0) {
      say("  … and " + Words.number(more) + " more.");
    }
  }

  private String hint(String verb) {
    return style.command(terminal.program() + " " + verb);
  }

  private void say(String line) {
    terminal.out().println(line);
  }
}
