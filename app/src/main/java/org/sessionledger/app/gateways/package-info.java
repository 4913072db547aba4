/** The gateways that a server follows, by configuration. */
@NullMarked
package org.sessionledger.app.gateways;

import org.jspecify.annotations.NullMarked;
