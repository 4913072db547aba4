/**
 * What all views share: how events become rows in batches, how a view is run and waited for, and
 * the shapes that several views answer with. Read {@link org.sessionledger.projections.kit.View}
 * first.
 */
@NullMarked
package org.sessionledger.projections.kit;

import org.jspecify.annotations.NullMarked;
