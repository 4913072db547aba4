package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A gateway's token. It is told to the gateway and to nobody else. */
public final class Secret {

  /** Stands where the token stood. */
  public static final String REDACTED = "REDACTED";

  /** A longer file is no token's. */
  private static final int BYTES_MAX = 4_096;

  /** A shorter one may be part of any word: it is recognised on its own only. */
  private static final int PART_MIN = 8;

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern ESCAPE = Pattern.compile("%[0-9A-F]{2}");

  /** Of a text that only people read, no longer a piece of the token is left. */
  private static final int PIECE_MAX = PART_MIN - 1;

  private final String value;

  /** The token itself, and what it becomes in addresses, headers and dumps; the longest first. */
  private final List<String> forms;

  /**
   * @throws IllegalArgumentException when it is blank or has control characters; the message does
   *     not tell it
   */
  public Secret(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("has more than one line, or control characters in it");
    }
    this.value = value;
    this.forms =
        value.length() < PART_MIN
            ? List.of()
            : forms(value).stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
  }

  private static Set<String> forms(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Set<String> forms = new LinkedHashSet<>();
    forms.add(value);
    String percent = URLEncoder.encode(value, StandardCharsets.UTF_8);
    for (String encoded : List.of(percent, percent.replace("+", "%20"))) {
      forms.add(encoded);
      forms.add(lowerCaseEscapes(encoded));
    }
    forms.add(HexFormat.of().formatHex(bytes));
    forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
    for (int before = 0; before < 3; before++) {
      // What stands before it shifts its sextets; those at both ends are of its neighbours, too.
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      int from = (before * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      forms.add(Base64.getEncoder().encodeToString(shifted).substring(from, to));
      forms.add(Base64.getUrlEncoder().encodeToString(shifted).substring(from, to));
    }
    return forms;
  }

  private static String lowerCaseEscapes(String encoded) {
    return ESCAPE.matcher(encoded).replaceAll(found -> found.group().toLowerCase(Locale.ROOT));
  }

  /**
   * Reads a file that holds a token and nothing else.
   *
   * @throws IllegalArgumentException when it holds none
   */
  public static Secret read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IllegalArgumentException("has more than " + BYTES_MAX + " bytes");
    }
    return new Secret(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
  }

  /** For the gateway only. */
  public String reveal() {
    return value;
  }

  /** Whether a number, which is no text, could be it. */
  boolean isNumber() {
    return DIGITS.matcher(value).matches();
  }

  /** The text without the token, as it is or encoded. */
  public String redact(String text) {
    if (value.length() < PART_MIN) {
      return text.equals(value) ? REDACTED : text;
    }
    String told = text;
    for (String form : forms) {
      if (told.contains(form)) {
        told = told.replace(form, REDACTED);
      }
    }
    return told;
  }

  /**
   * The same for words that only people read, and that may be cut off or quote a part of it: no
   * piece of the token is left that is longer than a word's chance.
   */
  public String redactPieces(String text) {
    String told = redact(text);
    if (forms.isEmpty()) {
      return told;
    }
    StringBuilder out = new StringBuilder(told.length());
    for (int i = 0; i < told.length(); ) {
      int piece = i;
      while (piece < told.length() && value.contains(told.substring(i, piece + 1))) {
        piece++;
      }
      if (piece - i > PIECE_MAX) {
        out.append(REDACTED);
        i = piece;
      } else {
        out.append(told.charAt(i++));
      }
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return REDACTED;
  }
}
