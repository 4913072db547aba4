/**
 * The conformance kit: does a runtime keep what an ended life sends late away from the life after
 * it? A runtime's builder implements {@link org.sessionledger.core.conformance.RuntimeAdapter} and
 * extends {@link org.sessionledger.core.conformance.SessionFenceConformance}; read that first.
 */
@NullMarked
package org.sessionledger.core.conformance;

import org.jspecify.annotations.NullMarked;
