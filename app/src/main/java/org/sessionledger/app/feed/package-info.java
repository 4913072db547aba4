/**
 * Live feeds: what is new is read once and told to everybody who listens. Read {@link
 * org.sessionledger.app.feed.Feed} first.
 */
@NullMarked
package org.sessionledger.app.feed;

import org.jspecify.annotations.NullMarked;
