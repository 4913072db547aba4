package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/**
 * Reads an incident bundle and holds it against itself: the chains, what events fold to, the
 * counts, the digest over all of it. Line by line; what a line says is told before the end is
 * known, so whoever acts on it reads the bundle through first.
 */
public final class BundleReader {

  /** The longest line, in bytes: an event with everything that a row may hold. */
  static final int LINE_MAX = 32 << 20;

  /** Takes what was read. */
  @FunctionalInterface
  public interface Taker {

    Taker NOBODY = item -> {};

    void take(BundleItem item);
  }

  /**
   * What a bundle is of.
   *
   * @param ledger names the ledger: the hash of its first event
   * @param position how far the ledger was
   * @param decisionSeq how far its decision log was
   */
  public record Contents(
      String ledger,
      String sessionKey,
      long position,
      long decisionSeq,
      long events,
      long decisions) {}

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int read;
  private int filled;
  private final Taker taker;
  private final MessageDigest digest = Sha256.newDigest();
  private final Sha256 sha256 = new Sha256();
  private final byte[] hash = new byte[Sha256.BYTES];
  private long number;
  private long position;
  private long afterPosition;
  private long seq;
  private long events;
  private long decisions;
  private String newestHash = "";
  private String newestLineHash = "";
  private @Nullable SessionStatus session;

  private BundleReader(InputStream in, Taker taker) {
    this.in = in;
    this.taker = taker;
  }

  /**
   * Reads a bundle to its end.
   *
   * @throws BadBundle when it is none, or was changed or cut since it was written
   */
  public static Contents read(InputStream in, Taker taker) throws IOException, BadBundle {
    return new BundleReader(in, taker).read();
  }

  private Contents read() throws IOException, BadBundle {
    byte[] first = nextLine();
    BundleLine header = first == null ? null : line(first);
    if (header == null
        || !header.type().equals(BundleLine.HEADER)
        || !BundleLine.FORMAT.equals(header.data().path("format").textValue())) {
      throw bad("it is not the header of a bundle of the format " + BundleLine.FORMAT);
    }
    Contents contents = contents(header);
    digest.update(first);
    digest.update((byte) '\n');
    while (true) {
      byte[] bytes = nextLine();
      if (bytes == null) {
        throw new BadBundle(
            number + 1, "the file ends here, before the bundle's trailer: it was cut short");
      }
      BundleLine line = line(bytes);
      if (!header.source().equals(line.source()) || !contents.sessionKey().equals(line.subject())) {
        throw bad("it is of another ledger or another session than the header");
      }
      if (line.type().equals(BundleLine.TRAILER)) {
        end(contents, header, line);
        return contents;
      }
      takeLine(line, contents);
      digest.update(bytes);
      digest.update((byte) '\n');
    }
  }

  private Contents contents(BundleLine header) throws BadBundle {
    ObjectNode data = header.data();
    Contents contents =
        new Contents(
            data.path("ledger").asText(),
            data.path("sessionKey").asText(),
            data.path("position").asLong(-1),
            data.path("decisionSeq").asLong(-1),
            data.path("events").asLong(-1),
            data.path("decisions").asLong(-1));
    if (!contents.sessionKey().equals(header.subject())
        || !header.source().equals(BundleLine.SOURCE + contents.ledger())) {
      throw bad("the header's data are of another ledger or session than the header");
    }
    return contents;
  }

  private void takeLine(BundleLine line, Contents contents) throws BadBundle {
    try {
      if (line.type().startsWith(BundleLine.EVENT)) {
        takeEvent(line, contents);
      } else if (line.type().equals(BundleLine.REPEATED)) {
        takeRepeated(line);
      } else if (line.type().startsWith(BundleLine.DECISION)) {
        takeDecision(line, contents);
      } else {
        throw bad("a bundle has no '" + line.type() + "'");
      }
    } catch (RuntimeException e) {
      // Whatever a line holds in place of what belongs there.
      throw bad("its data cannot be read: " + e.getMessage());
    }
  }

  private void takeEvent(BundleLine line, Contents contents) throws BadBundle {
    ObjectNode data = line.data();
    long at = data.path("position").longValue();
    if (data.path("version").longValue() != ++events || at <= position) {
      throw bad("version " + events + " of the session is expected here, at a later position");
    }
    position = at;
    if (position <= afterPosition) {
      throw bad("the event stands after a refusal that was decided later");
    }
    String command = required(data, "command");
    ObjectNode canonical = (ObjectNode) Json.tree(command);
    String type = data.path("type").asText();
    String told = data.path("recordedAt").asText();
    sha256
        .add(newestHash)
        .add(position)
        .add(contents.sessionKey())
        .add(events)
        .add(type)
        .add(required(data, "event"))
        .add(canonical.path("commandId").textValue())
        .add(data.path("commandType").textValue())
        .add(command)
        .add(required(data, "session"))
        .add(told)
        .into(hash);
    newestHash = chained(data);
    if (!line.type().equals(BundleLine.EVENT + type) || !told.equals(line.time())) {
      throw bad("its type or time is not that of its data");
    }
    SessionEvent event;
    try {
      event = StoredEvent.read(type, required(data, "event"));
    } catch (StoredEvent.Unreadable e) {
      throw bad("it holds " + e.getMessage());
    }
    Instant recordedAt = Instant.parse(told);
    SessionStatus stored = Json.read(required(data, "session"), SessionStatus.class);
    SessionStatus folded = SessionStatus.after(session, event, events, position, recordedAt);
    if (!folded.equals(stored)) {
      throw bad("the session beside the event is not what the events make of it");
    }
    session = stored;
    taker.take(new BundleItem.Happened(position, events, event, canonical, stored, recordedAt));
  }

  private void takeDecision(BundleLine line, Contents contents) throws BadBundle {
    ObjectNode data = line.data();
    if (data.path("seq").longValue() <= seq) {
      throw bad("it stands after a refusal that was decided later");
    }
    seq = data.path("seq").longValue();
    decisions++;
    after(data);
    String command = required(data, "command");
    String current = BundleLine.text(data, "current");
    String told = data.path("firstAt").asText();
    sha256
        .add(newestLineHash)
        .add(seq)
        .add(data.path("decisionId").textValue())
        .add(data.path("verdict").textValue())
        .add(data.path("reason").textValue())
        .add(contents.sessionKey())
        .add(data.path("commandType").textValue())
        .add(command)
        .add(current)
        .add(afterPosition)
        .add(told)
        .into(hash);
    newestLineHash = chained(data);
    taker.take(
        refused(
            data,
            current == null ? null : Json.read(current, Standing.class),
            data.path("count").asLong(1),
            false,
            told));
  }

  private void takeRepeated(BundleLine line) throws BadBundle {
    after(line.data());
    taker.take(refused(line.data(), null, 0, true, line.data().path("lastAt").asText()));
  }

  private BundleItem.Refused refused(
      ObjectNode data, @Nullable Standing current, long count, boolean last, String at)
      throws BadBundle {
    return new BundleItem.Refused(
        data.path("decisionId").asText(),
        Verdict.valueOf(data.path("verdict").asText().toUpperCase(Locale.ROOT)),
        data.path("reason").textValue(),
        (ObjectNode) Json.tree(required(data, "command")),
        current,
        count,
        last,
        Instant.parse(at));
  }

  /** A refusal stands where it was decided. */
  private void after(ObjectNode data) throws BadBundle {
    long after = data.path("afterPosition").longValue();
    if (after < position || after < afterPosition) {
      throw bad("it stands after something that was decided later");
    }
    afterPosition = after;
  }

  private String chained(ObjectNode data) throws BadBundle {
    String computed = Sha256.text(hash);
    if (!computed.equals(data.path("hash").textValue())) {
      throw bad("it was changed, or one before it is missing: its hash is not that of its data");
    }
    return computed;
  }

  private void end(Contents contents, BundleLine header, BundleLine trailer)
      throws IOException, BadBundle {
    if (trailer.data().path("lines").asLong() != number - 1) {
      throw bad("the bundle was written with " + trailer.data().path("lines") + " lines before");
    }
    if (!Sha256.text(digest.digest()).equals(trailer.data().path("sha256").textValue())) {
      throw bad("the digest over all lines is another one: a line before was changed");
    }
    if (events != contents.events()
        || decisions != contents.decisions()
        || !newestHash.equals(header.data().path("newestHash").textValue())) {
      throw bad("the header tells of another number of events and refusals, or of other ones");
    }
    if (read < filled || fill()) {
      throw new BadBundle(number + 1, "nothing may stand after the trailer");
    }
  }

  private String required(ObjectNode data, String name) throws BadBundle {
    String text = BundleLine.text(data, name);
    if (text == null) {
      throw bad("its data have no " + name);
    }
    return text;
  }

  private BundleLine line(byte[] bytes) throws BadBundle {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return BundleLine.read(text);
    } catch (CharacterCodingException e) {
      throw bad("it is not UTF-8");
    } catch (BundleLine.NoLine e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /** Null at the end of the file. */
  private byte @Nullable [] nextLine() throws IOException, BadBundle {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
    while (true) {
      if (read == filled && !fill()) {
        if (line.size() == 0) {
          return null;
        }
        number++;
        throw bad("the file ends within the line: it was cut short");
      }
      int end = read;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, read, end - read);
      if (line.size() > LINE_MAX) {
        number++;
        throw bad("it is longer than any line of a bundle");
      }
      read = end;
      if (end < filled) {
        read++;
        number++;
        return line.toByteArray();
      }
    }
  }

  /** False at the end of the file. */
  private boolean fill() throws IOException {
    read = 0;
    filled = Math.max(0, in.read(buffer));
    return filled > 0;
  }

  private BadBundle bad(String problem) {
    return new BadBundle(number, problem);
  }
}
