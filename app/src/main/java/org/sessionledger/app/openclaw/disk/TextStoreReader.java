package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.disk.Life.Boundary;
import org.sessionledger.app.openclaw.disk.Life.Turn;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** A store of files, as 2026.5.28 keeps it: {@code agents/NAME/sessions}. */
final class TextStoreReader {

  private static final Pattern ARCHIVE =
      Pattern.compile(
          "^(.+\\.jsonl)\\.(reset|deleted|bak)"
              + "\\.(\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2}(?:\\.\\d{3})?Z)$");

  private static final String TRAJECTORY = ".trajectory.jsonl";
  private static final Pattern CHECKPOINT = Pattern.compile("^.+\\.checkpoint\\.[^.]+\\.jsonl$");

  private final Folder folder;
  private final Store store;
  private final Findings findings;
  private final Runnable progress;
  private final byte[] buffer = new byte[65_536];

  /**
   * @param progress runs after each file
   */
  TextStoreReader(Folder folder, Store store, Findings findings, Runnable progress) {
    this.folder = folder;
    this.store = store;
    this.findings = findings;
    this.progress = progress;
  }

  void read(Path sessions) {
    for (Path file : folder.list(sessions)) {
      String name = String.valueOf(file.getFileName());
      boolean wanted =
          name.equals("sessions.json") || name.endsWith(".jsonl") || name.contains(".jsonl.");
      if (!wanted || CHECKPOINT.matcher(name).matches() || !folder.isFile(file)) {
        continue;
      }
      try {
        if (name.equals("sessions.json")) {
          rows(file);
        } else if (name.endsWith(TRAJECTORY)) {
          trajectory(file, name);
        } else {
          transcript(file, name);
        }
      } catch (IOException e) {
        findings.unreadable(Where.of(folder.name(file)), "cannot be read on: " + Folder.reason(e));
      }
      progress.run();
    }
  }

  /** Rows before the place where the file is broken count. */
  private void rows(Path file) throws IOException {
    String name = folder.name(file);
    try (InputStream in = Folder.open(file);
        JsonParser json = RecordReader.JSON.createParser(in)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        findings.unreadable(Where.line(name, 1), "is no object of rows");
        return;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        long line = json.currentTokenLocation().getLineNr();
        JsonToken value = json.nextToken();
        row(key, value, json, new Where(name, Long.toString(line)));
      }
    } catch (JsonProcessingException e) {
      long line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      findings.unreadable(
          Where.line(name, line), "is no JSON from here on, or cut off: " + Words.problem(e));
    }
  }

  private void row(String key, JsonToken value, JsonParser json, Where where) throws IOException {
    if (value != JsonToken.START_OBJECT) {
      json.skipChildren();
      findings.unreadable(where, "a row is no object");
      return;
    }
    int depth = json.getParsingContext().getNestingDepth();
    try {
      StoredRow row = RowReader.read(new SessionKey(key), json, where);
      if (row == null) {
        return; // The gateway keeps rows of sessions that never began.
      }
      Store.Session session = store.session(row.key());
      if (session.row != null) {
        findings.unreadable(where, "the key stands twice: the last row counts");
      }
      session.row = row;
    } catch (InvalidField e) {
      findings.unreadable(where, "a row is skipped: " + e.getMessage());
      JsonToken next = json.currentToken();
      while (next != null && json.getParsingContext().getNestingDepth() >= depth) {
        next = json.nextToken(); // To the end of the row.
      }
    }
  }

  private void transcript(Path file, String name) throws IOException {
    Matcher archive = ARCHIVE.matcher(name);
    boolean archived = archive.matches();
    if (archived && archive.group(2).equals("bak")) {
      return;
    }
    if (!archived && !name.endsWith(".jsonl")) {
      return; // A temporary file, or one of another program.
    }
    String told = folder.name(file);
    try (Lines lines = new Lines(Folder.open(file), buffer)) {
      Life life = null;
      while (lines.next()) {
        Scalars record = record(told, lines);
        if (record == null) {
          continue;
        }
        if (life == null) {
          if (!"session".equals(record.text("type"))) {
            findings.unreadable(
                Where.line(told, lines.number()), "is no transcript: it begins with no session");
            return;
          }
          life = header(told, lines.number(), record);
          if (life == null) {
            return;
          }
          torn(told, archived ? archive.group(1) : name, life.id, ".jsonl");
        } else if ("compaction".equals(record.text("type"))) {
          compaction(life, Where.line(told, lines.number()), record);
        }
      }
      if (life != null && archived) {
        boolean reset = archive.group(2).equals("reset");
        life.ends.add(
            new Boundary(
                reset ? Turn.RESET : Turn.DELETION,
                archivedAt(archive.group(3)),
                reset ? "reset: its transcript was archived" : "deleted",
                null,
                null,
                null,
                Where.of(told)));
      }
    }
  }

  private @Nullable Scalars record(String told, Lines lines) {
    if (unfit(told, lines)) {
      return null;
    }
    try {
      Scalars record = RecordReader.transcript(lines.bytes(), lines.length());
      if (record == null) {
        findings.unreadable(Where.line(told, lines.number()), "is no record" + orCut(lines));
      }
      return record;
    } catch (IOException e) {
      broken(told, lines, e);
      return null;
    }
  }

  private boolean unfit(String told, Lines lines) {
    if (lines.tooLong()) {
      findings.unreadable(
          Where.line(told, lines.number()),
          "has " + lines.total() + " bytes, at most " + Lines.BYTES_MAX + " are read");
      return true;
    }
    return lines.blank();
  }

  private void broken(String told, Lines lines, IOException e) {
    findings.unreadable(
        Where.line(told, lines.number()),
        e instanceof JsonProcessingException json
            ? "is no JSON" + orCut(lines) + ": " + Words.problem(json)
            : "is no text: " + Folder.reason(e));
  }

  private static String orCut(Lines lines) {
    return lines.cut() ? ", or cut off" : "";
  }

  private @Nullable Life header(String told, long line, Scalars record) {
    Where where = Where.line(told, line);
    try {
      SessionId id = record.identifier("id", SessionId::new);
      if (id == null) {
        findings.unreadable(where, "is no transcript: its first record has no id");
        return null;
      }
      Life life = store.life(id);
      life.began(Words.millis(record.text("timestamp")), where);
      if (life.parentFile == null) {
        life.parentFile = record.text("parentSession");
      }
      return life;
    } catch (InvalidField e) {
      findings.unreadable(where, "is no transcript: " + e.getMessage());
      return null;
    }
  }

  private static void compaction(Life life, Where where, Scalars record) {
    Long at = Words.millis(record.text("timestamp"));
    // What was copied from the transcript before is older than this one's own beginning.
    if (life.parentFile == null || at == null || life.beganAt == null || at >= life.beganAt) {
      life.inPlace.add(
          new Boundary(
              Turn.COMPACTION,
              at,
              "compacted in place",
              RowReader.notNegative(record.number("tokensBefore")),
              RowReader.notNegative(record.number("tokensAfter")),
              null,
              where));
    }
  }

  /** A name is {@code ID}, {@code ID-topic-N} or {@code TIME_ID}, and its ending. */
  private void torn(String told, String name, SessionId id, String ending) {
    String base = name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    String own = id.value();
    boolean whole =
        base.equals(own) || base.startsWith(own + "-topic-") || base.endsWith("_" + own);
    if (!whole) {
      findings.torn(Where.of(told), "its first record is of session id " + own);
    }
  }

  private static @Nullable Long archivedAt(String stamp) {
    int t = stamp.indexOf('T');
    return Words.millis(stamp.substring(0, t) + stamp.substring(t).replace('-', ':'));
  }

  private void trajectory(Path file, String name) throws IOException {
    String told = folder.name(file);
    Map<RunId, SessionId> signs = new HashMap<>();
    boolean first = true;
    try (Lines lines = new Lines(Folder.open(file), buffer)) {
      while (lines.next()) {
        if (unfit(told, lines)) {
          continue;
        }
        Where where = Where.line(told, lines.number());
        try {
          RecordReader.Traced traced =
              RecordReader.trajectory(lines.bytes(), lines.length(), where);
          if (traced != null && traced.key() != null) {
            RunEvent event = traced.event();
            if (first) {
              torn(told, name, event.sessionId(), TRAJECTORY);
              first = false;
            }
            trace(store.session(traced.key()), event, signs);
          }
        } catch (InvalidField e) {
          findings.unreadable(where, "is no record of a run: " + e.getMessage());
        } catch (IOException e) {
          broken(told, lines, e);
        }
      }
    }
  }

  /** One sign of a run is enough, where its beginning and its end were cut away. */
  private static void trace(Store.Session session, RunEvent event, Map<RunId, SessionId> signs) {
    session.ids.add(event.sessionId());
    if (event.kind() != RunEvent.Kind.SIGN) {
      session.runs.add(event);
      signs.put(event.runId(), event.sessionId());
    } else if (!event.sessionId().equals(signs.put(event.runId(), event.sessionId()))) {
      session.runs.add(event);
    }
  }
}
