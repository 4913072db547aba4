/**
 * Events and refusals in the order in which they were decided, and the audit of a rotation. Read
 * {@link org.sessionledger.projections.timeline.TimelineView} first.
 */
@NullMarked
package org.sessionledger.projections.timeline;

import org.jspecify.annotations.NullMarked;
