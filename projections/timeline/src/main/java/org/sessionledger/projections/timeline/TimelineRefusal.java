package org.sessionledger.projections.timeline;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.sessionledger.projections.kit.RefusedCommand;

/** A refusal; it stands where the first of its repeats was decided. */
public record TimelineRefusal(String kind, @JsonUnwrapped RefusedCommand refusal)
    implements TimelineItem {

  static TimelineRefusal of(RefusedCommand refusal) {
    return new TimelineRefusal("refusal", refusal);
  }
}
