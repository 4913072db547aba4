package org.sessionledger.app.access.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.core.session.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the issuer. Anybody can show a JWT that names a key which nobody knows; so the issuer
 * is asked seldom, not waited for long, and by one thread while the others go on with the keys that
 * he gave before.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

  /** How long a connection to him may take, and how long he may be silent. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How often he is asked at most. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  /** After this, keys that he took back are no good. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  /** For so long his keys are believed while he does not answer. */
  private static final Duration BELIEVED = Duration.ofHours(1);

  private static final int BYTES_MAX = 256 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  private record Held(JWKSet keys, long sinceNanos) {}

  private final AccessOptions.Jwt options;
  private final Duration patience;
  private final LongSupplier nanos;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Held held;

  /** Guarded by {@link #asking}; null: he was never asked. */
  private @Nullable Long askedNanos;

  IssuerKeys(AccessOptions.Jwt options) {
    this(options, PATIENCE, System::nanoTime);
  }

  IssuerKeys(AccessOptions.Jwt options, Duration patience, LongSupplier nanos) {
    this.options = options;
    this.patience = patience;
    this.nanos = nanos;
  }

  @Override
  public List<JWK> get(JWKSelector wanted, @Nullable SecurityContext context)
      throws KeySourceException {
    Held now = held;
    if (now == null || isOlder(now.sinceNanos(), FRESH)) {
      now = asked();
    }
    List<JWK> found = wanted.select(believed(now).keys());
    return found.isEmpty() ? wanted.select(believed(asked()).keys()) : found;
  }

  private Held believed(@Nullable Held keys) throws KeySourceException {
    if (keys == null || isOlder(keys.sinceNanos(), BELIEVED)) {
      throw new KeySourceException("the issuer's keys cannot be had");
    }
    return keys;
  }

  private boolean isOlder(long sinceNanos, Duration age) {
    return nanos.getAsLong() - sinceNanos > age.toNanos();
  }

  /** What is known after he was asked, if it is time to ask him and nobody else does. */
  private @Nullable Held asked() {
    if (!takesTurn()) {
      return held;
    }
    try {
      Long last = askedNanos;
      if (last == null || isOlder(last, PAUSE)) {
        askedNanos = nanos.getAsLong();
        held = new Held(fetched(), nanos.getAsLong());
      }
    } catch (IOException | ParseException | IllegalArgumentException e) {
      LOG.warn("the keys of the issuer of JWTs cannot be had: {}", e.toString());
    } finally {
      asking.unlock();
    }
    return held;
  }

  /** Whoever has no keys at all waits for the one who asks. */
  private boolean takesTurn() {
    try {
      return held == null
          ? asking.tryLock(2 * patience.toMillis(), TimeUnit.MILLISECONDS)
          : asking.tryLock();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private JWKSet fetched() throws IOException, ParseException {
    return JWKSet.parse(text(options.keys() == null ? whereHeSays() : options.keys()));
  }

  private String text(URI from) throws IOException {
    int millis = (int) patience.toMillis();
    return new DefaultResourceRetriever(millis, millis, BYTES_MAX)
        .retrieveResource(from.toURL())
        .getContent();
  }

  /** Issuers put their metadata in one of three places. */
  private URI whereHeSays() throws IOException {
    String issuer = String.valueOf(options.issuer());
    URI parsed = URI.create(issuer);
    String path = parsed.getRawPath() == null ? "" : parsed.getRawPath();
    URI root = parsed.resolve("/");
    IOException none = new IOException("he has no metadata");
    for (URI place :
        List.of(
            URI.create(withoutSlash(issuer) + "/.well-known/openid-configuration"),
            root.resolve("/.well-known/openid-configuration" + withoutSlash(path)),
            root.resolve("/.well-known/oauth-authorization-server" + withoutSlash(path)))) {
      try {
        JsonNode metadata = Json.mapper().readTree(text(place));
        if (!issuer.equals(metadata.path("issuer").asText())) {
          throw new IOException(place + " is of another issuer");
        }
        return URI.create(metadata.path("jwks_uri").asText());
      } catch (SocketTimeoutException | ConnectException e) {
        throw e; // The other places are on the same server.
      } catch (IOException | IllegalArgumentException e) {
        none.addSuppressed(e);
      }
    }
    throw none;
  }

  private static String withoutSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
