/**
 * OpenClaw's frames as commands: a recording is read, decoded, translated, decided, compared. Read
 * {@link org.sessionledger.app.openclaw.Translator} first, and {@code docs/openclaw.md} for why.
 */
@NullMarked
package org.sessionledger.app.openclaw;

import org.jspecify.annotations.NullMarked;
