/** Every attempt of every run. Read {@link org.sessionledger.projections.runs.RunsView} first. */
@NullMarked
package org.sessionledger.projections.runs;

import org.jspecify.annotations.NullMarked;
