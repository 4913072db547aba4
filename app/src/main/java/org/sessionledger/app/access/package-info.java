/**
 * Who may do what: roles, tokens, and what a token is limited to. Knows nothing of HTTP. Read
 * {@link org.sessionledger.app.access.Caller} first.
 */
@NullMarked
package org.sessionledger.app.access;

import org.jspecify.annotations.NullMarked;
