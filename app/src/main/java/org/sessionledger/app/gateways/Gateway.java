package org.sessionledger.app.gateways;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A gateway to follow.
 *
 * @param name tells it from the others
 * @param tokenFile holds its token and nothing else; read anew each minute while the gateway
 *     refuses it, so that a new token needs no restart
 * @param rawFolder where its frames are kept; null: nowhere
 */
public record Gateway(String name, URI url, Path tokenFile, @Nullable Path rawFolder) {}
