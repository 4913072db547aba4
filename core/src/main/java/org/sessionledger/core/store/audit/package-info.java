/**
 * Whether the stored rows still say what was decided: the chains, the totals, the states beside the
 * events. Reads the tables on its own and shares no code with the writer. Begin with {@link
 * org.sessionledger.core.store.audit.Verification}.
 */
@NullMarked
package org.sessionledger.core.store.audit;

import org.jspecify.annotations.NullMarked;
