package org.sessionledger.core.session;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionKey;

/**
 * What a command handler decided. All three are ordinary: none is an exception, none rolls back.
 */
public sealed interface Outcome {

  /** The handler applied the command's events. */
  record Accepted() implements Outcome {}

  /** It was so already. */
  record Duplicate() implements Outcome {}

  /**
   * Nothing was applied.
   *
   * @param detail one sentence with both sides: what was claimed and what is true
   * @param next the way out
   * @param ended the ended generation that the command named, or that owns the run it tells of
   * @param movedTo where a migrated session went
   * @param field for {@code invalid}: the field to blame
   */
  record Refused(
      Reason reason,
      String detail,
      String next,
      @Nullable Generation ended,
      @Nullable SessionKey movedTo,
      @Nullable String field)
      implements Outcome {

    Refused(Reason reason, String detail, String next) {
      this(reason, detail, next, null, null, null);
    }
  }

  /** What is malformed is refused before anything is looked up. */
  static Outcome invalid(MalformedCommand command) {
    return Refusals.malformed(command);
  }

  /** The id is remembered for another command. */
  static Outcome commandIdReused(CommandId id) {
    return Refusals.commandIdReused(id);
  }

  Outcome ACCEPTED = new Accepted();

  Outcome DUPLICATE = new Duplicate();
}
