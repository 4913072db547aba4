/**
 * Who is who: session keys, session ids, generations, runs, and the rule that compares them. Plain
 * Java, no framework. Read {@link org.sessionledger.core.identity.Generation} first.
 */
@NullMarked
package org.sessionledger.core.identity;

import org.jspecify.annotations.NullMarked;
