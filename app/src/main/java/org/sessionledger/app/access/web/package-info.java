/**
 * Asks for credentials at the door: bearer tokens and JWTs for the API, a session for the console.
 * Read {@link org.sessionledger.app.access.web.AccessConfiguration} first; which route needs what
 * stands in {@link org.sessionledger.app.access.web.Routes}.
 */
@NullMarked
package org.sessionledger.app.access.web;

import org.jspecify.annotations.NullMarked;
