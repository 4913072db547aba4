package org.sessionledger.app.openclaw;

import java.util.ArrayList;
import java.util.List;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionCommand.CloseSession;
import org.sessionledger.core.session.SessionCommand.CompactSession;
import org.sessionledger.core.session.SessionCommand.ForkSession;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.OfRun;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.SessionCommand.ReopenSession;
import org.sessionledger.core.session.SessionCommand.ReportGap;
import org.sessionledger.core.session.SessionCommand.ResetSession;
import org.sessionledger.core.session.SessionCommand.RestoreSession;
import org.sessionledger.core.session.SessionCommand.StartRun;

/** A translated command as one line: {@code 26 StartRun run-2 #2 335ee6bb}. */
final class CommandLine {

  private CommandLine() {}

  static String of(Translated translated) {
    SessionCommand command = translated.arrival().command();
    List<String> words = new ArrayList<>();
    words.add(String.valueOf(translated.place().line()));
    words.add(command.type());
    if (command instanceof OfRun run) {
      words.add(run.runId().value());
      add(words, "#", run.attempt());
      add(words, "", run.sessionId());
      if (run instanceof StartRun start && Boolean.TRUE.equals(start.inferred())) {
        words.add("inferred");
      }
    } else if (command instanceof OpenSession open) {
      add(words, "", open.sessionId());
    } else if (command instanceof ResetSession reset) {
      add(words, "", reset.newSessionId());
    } else if (command instanceof CompactSession compact) {
      add(words, "", compact.newSessionId());
    } else if (command instanceof ReopenSession reopen) {
      add(words, "", reopen.newSessionId());
    } else if (command instanceof RestoreSession restore) {
      add(words, "from ", restore.fromGeneration());
      add(words, "", restore.newSessionId());
    } else if (command instanceof ForkSession fork) {
      add(words, "", fork.newSessionKey());
      add(words, "from ", fork.fromGeneration());
      add(words, "", fork.newSessionId());
    } else if (command instanceof InterruptRuns interrupt) {
      add(words, "", interrupt.runId());
    } else if (!(command instanceof ReportGap) && !(command instanceof CloseSession)) {
      throw new IllegalStateException("never translated: " + command);
    }
    return String.join(" ", words);
  }

  /** Ids as long as OpenClaw's are told by their first eight characters. */
  private static void add(List<String> words, String prefix, Object value) {
    if (value != null) {
      String text = value.toString();
      boolean uuid = text.length() == 36 && text.charAt(8) == '-' && text.charAt(23) == '-';
      words.add(prefix + (uuid ? text.substring(0, 8) : text));
    }
  }
}
