package org.sessionledger.app.openclaw;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/**
 * Names that depend on what was said and not on who recorded it, so that the same frames replayed
 * give the same ids: what was accepted once is a duplicate then.
 */
public final class CommandIds {

  /** Begins every session id, and every run id, that stands in for one that was never seen. */
  static final String INFERRED = "inferred-";

  private CommandIds() {}

  public static CommandId command(@Nullable Object... parts) {
    return new CommandId("openclaw-" + digest(parts));
  }

  public static SessionId inferred(@Nullable Object... parts) {
    return new SessionId(INFERRED + digest(parts));
  }

  /** A short name of something, for a file. */
  public static String name(Object of) {
    return digest(of);
  }

  public static boolean isInferred(SessionId id) {
    return id.value().startsWith(INFERRED);
  }

  public static boolean isInferred(RunId id) {
    return id.value().startsWith(INFERRED);
  }

  private static String digest(@Nullable Object... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (Object part : parts) {
        byte[] bytes = String.valueOf(part).getBytes(StandardCharsets.UTF_8);
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        sha.update((bytes.length + (part == null ? "-" : ":")).getBytes(StandardCharsets.UTF_8));
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
