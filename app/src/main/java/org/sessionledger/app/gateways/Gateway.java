package org.sessionledger.app.gateways;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A gateway to follow.
 *
 * @param name tells it from the others
 * @param tokenFile holds its token and nothing else; read at each connection's start, so that a new
 *     token needs no restart
 * @param rawFolder where its frames are kept; null: nowhere
 */
public record Gateway(String name, URI url, Path tokenFile, @Nullable Path rawFolder) {}
