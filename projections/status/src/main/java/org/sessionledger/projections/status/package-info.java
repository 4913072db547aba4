/**
 * What each session is doing now. Read {@link
 * org.sessionledger.projections.status.SessionStatusView} first.
 */
@NullMarked
package org.sessionledger.projections.status;

import org.jspecify.annotations.NullMarked;
