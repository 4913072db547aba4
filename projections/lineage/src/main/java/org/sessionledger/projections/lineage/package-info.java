/**
 * The generations of each session. Read {@link org.sessionledger.projections.lineage.LineageView}
 * first.
 */
@NullMarked
package org.sessionledger.projections.lineage;

import org.jspecify.annotations.NullMarked;
