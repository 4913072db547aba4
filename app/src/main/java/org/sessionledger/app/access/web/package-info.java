/**
 * Asks for credentials at the door: bearer tokens and JWTs for the API, a session for the console.
 * Read {@link org.sessionledger.app.access.web.AccessConfiguration} first; which route needs what
 * stands in {@link org.sessionledger.app.access.web.Routes}.
 *
 * <p>A page of the console is listed there, asks {@link org.sessionledger.app.api.Callers} which
 * keys it may show, gives commands by {@link org.sessionledger.app.api.CallerCommands}, and sends
 * the request's {@code CsrfToken} with each form, or in the header that it names.
 */
@NullMarked
package org.sessionledger.app.access.web;

import org.jspecify.annotations.NullMarked;
