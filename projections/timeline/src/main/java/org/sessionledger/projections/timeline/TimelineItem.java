package org.sessionledger.projections.timeline;

/** One thing that was decided about a session. */
public sealed interface TimelineItem permits TimelineEvent, TimelineRefusal {

  /** {@code event} or {@code refusal}. */
  String kind();
}
