/**
 * A live gateway: its socket, the handshake, reconnects and gaps, raw frames that are kept. Read
 * {@link org.sessionledger.app.openclaw.follow.Follower} first, and {@code docs/openclaw.md}.
 */
@NullMarked
package org.sessionledger.app.openclaw.follow;

import org.jspecify.annotations.NullMarked;
