package org.sessionledger.core.session;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;

/**
 * An arrival that is no command; it is refused as {@code invalid} and kept all the same.
 *
 * @param type what it says it is; null when it does not say
 * @param field the field to blame; null when no single one is
 * @param problem what is wrong, naming the field and what is allowed
 * @param received what came, cut where it is long
 */
public record MalformedCommand(
    CommandId commandId,
    @Nullable String type,
    @Nullable SessionKey sessionKey,
    @Nullable String field,
    String problem,
    JsonNode received,
    Provenance provenance,
    boolean dryRun)
    implements Incoming {}
