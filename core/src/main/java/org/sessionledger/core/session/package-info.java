/**
 * The vocabulary and the verdicts: commands, events, the {@code Session} aggregate that decides,
 * and what a refusal says. Read {@link org.sessionledger.core.session.SessionCommand}, then {@link
 * org.sessionledger.core.session.SessionEvent}, then {@code Session}.
 */
@NullMarked
package org.sessionledger.core.session;

import org.jspecify.annotations.NullMarked;
