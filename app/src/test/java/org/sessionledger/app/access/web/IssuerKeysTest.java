package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.app.access.AccessOptions;

/** An issuer that is away, that hangs, and strangers who would have him asked all the time. */
class IssuerKeysTest {

  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer issuer;

  @BeforeEach
  void start() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.start();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  private String uri() {
    return "http://127.0.0.1:" + issuer.getAddress().getPort();
  }

  private void answers(String path, String text) {
    issuer.createContext(
        path,
        exchange -> {
          asked.incrementAndGet();
          byte[] body = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static String set(String... ids) throws JOSEException {
    StringBuilder keys = new StringBuilder();
    for (String id : ids) {
      OctetSequenceKey key = new OctetSequenceKeyGenerator(128).keyID(id).generate();
      keys.append(keys.length() == 0 ? "" : ",").append(key.toJSONString());
    }
    return "{\"keys\":[" + keys + "]}";
  }

  private IssuerKeys keys(@Nullable String issuer, @Nullable String keys) {
    return new IssuerKeys(
        new AccessOptions.Jwt(
            issuer == null ? null : URI.create(issuer),
            keys == null ? null : URI.create(keys),
            "a",
            "roles",
            Map.of()),
        PATIENCE,
        nanos::get);
  }

  private static List<JWK> find(IssuerKeys keys, String id) throws KeySourceException {
    return keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(id).build()), null);
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void strangers_with_keys_that_nobody_knows_have_him_asked_twice_a_minute_at_most()
      throws JOSEException {
    answers("/jwks", set("1"));
    IssuerKeys keys = keys(null, uri() + "/jwks");
    for (int i = 0; i < 100; i++) {
      assertThat(find(keys, "stranger" + i)).isEmpty();
      assertThat(find(keys, "1")).hasSize(1);
    }
    assertThat(asked).hasValue(1);
    passes(IssuerKeys.PAUSE.plusSeconds(1));
    for (int i = 0; i < 100; i++) {
      assertThat(find(keys, "stranger" + i)).isEmpty();
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void a_key_that_he_took_back_is_no_good_after_a_while() throws JOSEException {
    answers("/jwks", set("1"));
    IssuerKeys keys = keys(null, uri() + "/jwks");
    assertThat(find(keys, "1")).hasSize(1);
    issuer.removeContext("/jwks");
    answers("/jwks", set("2"));
    passes(Duration.ofMinutes(6));
    assertThat(find(keys, "1")).isEmpty();
    assertThat(find(keys, "2")).hasSize(1);
  }

  @Test
  void an_issuer_that_hangs_is_not_waited_for_and_not_asked_again() throws IOException {
    try (ServerSocket hangs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      IssuerKeys keys = keys(null, "http://127.0.0.1:" + hangs.getLocalPort() + "/jwks");
      long since = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> find(keys, "1")).isInstanceOf(KeySourceException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
      hangs.setSoTimeout(1_000);
      hangs.accept().close();
      hangs.setSoTimeout(1);
      assertThatThrownBy(hangs::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void while_one_asks_the_others_go_on_with_the_keys_that_are_known() throws Exception {
    answers("/jwks", set("1"));
    IssuerKeys keys =
        new IssuerKeys(
            new AccessOptions.Jwt(null, URI.create(uri() + "/jwks"), "a", "roles", Map.of()),
            Duration.ofMinutes(1),
            nanos::get);
    assertThat(find(keys, "1")).hasSize(1);
    issuer.removeContext("/jwks");
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    issuer.createContext(
        "/jwks",
        exchange -> {
          isAsked.countDown();
          try {
            assertThat(mayAnswer.await(10, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    passes(Duration.ofMinutes(6));
    CompletableFuture<List<JWK>> asking =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return find(keys, "1");
              } catch (KeySourceException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> new Thread(task).start());
    isAsked.await();
    assertThat(find(keys, "1")).hasSize(1);
    assertThat(find(keys, "stranger")).isEmpty();
    assertThat(asking).isNotDone();
    mayAnswer.countDown();
    assertThat(asking.get()).as("what he gave before").hasSize(1);
  }

  @Test
  void his_keys_are_believed_for_an_hour_while_he_is_away() throws JOSEException {
    answers("/jwks", set("1"));
    IssuerKeys keys = keys(null, uri() + "/jwks");
    assertThat(find(keys, "1")).hasSize(1);
    issuer.stop(0);
    passes(Duration.ofMinutes(59));
    assertThat(find(keys, "1")).hasSize(1);
    passes(Duration.ofMinutes(2));
    assertThatThrownBy(() -> find(keys, "1")).isInstanceOf(KeySourceException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/realm/.well-known/openid-configuration",
        "/.well-known/openid-configuration/realm",
        "/.well-known/oauth-authorization-server/realm"
      })
  void his_metadata_say_where_they_are(String place) throws JOSEException {
    String realm = uri() + "/realm";
    answers("/jwks", set("1"));
    answers(place, "{\"issuer\":\"" + realm + "\",\"jwks_uri\":\"" + uri() + "/jwks\"}");
    assertThat(find(keys(realm, null), "1")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "{}", "no JSON", "{\"issuer\":\"http://other\"}", "{\"issuer\":\"HIM\"}"})
  void metadata_of_another_issuer_or_of_none_or_without_keys_are_not_believed(String metadata)
      throws JOSEException {
    answers("/jwks", set("1"));
    answers("/.well-known/openid-configuration", metadata.replace("HIM", uri()));
    assertThatThrownBy(() -> find(keys(uri(), null), "1")).isInstanceOf(KeySourceException.class);
  }
}
