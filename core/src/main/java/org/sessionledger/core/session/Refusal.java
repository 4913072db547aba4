package org.sessionledger.core.session;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionKey;

/**
 * Why a command was refused, and the way out.
 *
 * @param decisionId where it stands in the decision log; null for a dry run
 * @param detail one sentence with both sides: what was claimed and what is true
 * @param next what the sender can do
 * @param presented the identities and the content that the command brought
 * @param ended the ended generation that the command named, or that owns the run it tells of
 * @param supersededBy what ended that generation
 * @param movedTo where a migrated session went
 * @param field for {@code invalid}: the field's name, where one is to blame
 */
public record Refusal(
    Reason reason,
    @Nullable String decisionId,
    String detail,
    String next,
    JsonNode presented,
    @Nullable Generation ended,
    @Nullable SupersededBy supersededBy,
    @Nullable SessionKey movedTo,
    @Nullable String field) {

  /** The same refusal at its place in the decision log. */
  public Refusal withId(String id) {
    return new Refusal(reason, id, detail, next, presented, ended, supersededBy, movedTo, field);
  }
}
