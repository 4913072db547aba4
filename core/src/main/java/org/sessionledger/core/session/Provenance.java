package org.sessionledger.core.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;

/**
 * Where a command came from; kept with its decision, never a ground for one.
 *
 * @param actor who ordered it
 * @param reason why, in words
 * @param occurredAt the sender's clock, which proves nothing
 * @param traceparent W3C trace context
 */
public record Provenance(
    Source source,
    @Nullable String actor,
    @Nullable String reason,
    @Nullable Instant occurredAt,
    @Nullable String traceparent) {

  /** Nothing is known of the sender. */
  public static final Provenance NONE = new Provenance(Source.UNKNOWN, null, null, null, null);

  public Provenance {
    if (actor != null) {
      Text.identifier("actor", actor, Text.ID_MAX);
    }
    if (reason != null) {
      Text.free("reason", reason, Text.NOTE_MAX);
    }
    if (traceparent != null) {
      Text.free("traceparent", traceparent, Text.ID_MAX);
    }
  }

  /** A command of a component's process. */
  public static Provenance from(String component, String instance) {
    return new Provenance(new Source(component, instance, null), null, null, null, null);
  }
}
