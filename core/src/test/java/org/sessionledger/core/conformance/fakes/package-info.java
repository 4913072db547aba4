/**
 * Runtimes in memory: an honest one, and ones that each lack a guard in a way that was seen in the
 * field. They prove that the kit's clauses bite. Read {@link
 * org.sessionledger.core.conformance.fakes.MemoryRuntime} first.
 */
@NullMarked
package org.sessionledger.core.conformance.fakes;

import org.jspecify.annotations.NullMarked;
