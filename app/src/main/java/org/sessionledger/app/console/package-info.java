/**
 * The console: pages for people, over the same answers as the API. Read {@link
 * org.sessionledger.app.console.ConsoleConfiguration} first; a page is a controller, its templates
 * lie beside it in the resources, and all that comes from a runtime is text in them.
 */
@NullMarked
package org.sessionledger.app.console;

import org.jspecify.annotations.NullMarked;
