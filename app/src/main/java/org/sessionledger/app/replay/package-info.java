/**
 * Decides again what arrived for one session, from its incident bundle. Begin with {@link
 * org.sessionledger.app.replay.Redecision} and {@link org.sessionledger.app.replay.ByKey}.
 */
@NullMarked
package org.sessionledger.app.replay;

import org.jspecify.annotations.NullMarked;
