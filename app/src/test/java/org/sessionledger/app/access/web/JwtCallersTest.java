package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.Role;
import org.sessionledger.core.session.Json;

/** JWTs of an issuer that is trusted, and everybody else's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JwtCallersTest {

  private static final String ISSUER = "https://issuer.example/realm";

  private HttpServer keys;
  private RSAKey key;
  private RSAKey foreign;
  private Door door;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, JOSEException {
    key = new RSAKeyGenerator(2048).keyID("1").generate();
    foreign = new RSAKeyGenerator(2048).keyID("1").generate();
    byte[] set = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    keys.createContext(
        "/jwks",
        exchange -> {
          exchange.sendResponseHeaders(200, set.length);
          exchange.getResponseBody().write(set);
          exchange.close();
        });
    keys.start();
    door =
        Door.open(
            folder,
            new AccessOptions(
                true,
                0,
                new AccessOptions.Jwt(
                    URI.create(ISSUER),
                    URI.create("http://127.0.0.1:" + keys.getAddress().getPort() + "/jwks"),
                    "session-ledger",
                    "realm_access.roles",
                    Map.of("ledger-ops", Role.OPERATOR, "ledger-ro", Role.READER))));
  }

  @AfterAll
  void stop() {
    door.close();
    keys.stop(0);
  }

  private static JWTClaimsSet.Builder ann(String... roles) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(List.of("other", "session-ledger"))
        .subject("ann")
        .expirationTime(Date.from(Instant.now().plusSeconds(60)))
        .claim("realm_access", Map.of("roles", List.of(roles)));
  }

  private static String signed(JWTClaimsSet.Builder claims, JWSAlgorithm by, JWSSigner signer)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(by).keyID("1").build(), claims.build());
    jwt.sign(signer);
    return jwt.serialize();
  }

  private String signed(JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(claims, JWSAlgorithm.RS256, new RSASSASigner(key));
  }

  private int read(String jwt) {
    return door.get("/v1/stats", "Authorization", "Bearer " + jwt).statusCode();
  }

  private HttpResponse<String> reset(String jwt) {
    return door.send(
        "POST",
        "/v1/commands",
        "{\"type\":\"ResetSession\",\"sessionKey\":\"k\"}",
        "Content-Type",
        "application/json",
        "Authorization",
        "Bearer " + jwt);
  }

  @Test
  void a_JWT_has_the_greatest_of_its_roles_and_its_subject_is_the_actor() throws JOSEException {
    door.server.api().decide("{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}");
    assertThat(reset(signed(ann("ledger-ro"))).statusCode()).isEqualTo(403);
    assertThat(reset(signed(ann("x", "ledger-ro", "ledger-ops"))).statusCode()).isEqualTo(200);
    String timeline =
        door.get(
                "/v1/sessions/k/timeline?minVersion=2",
                "Authorization",
                "Bearer " + signed(ann("ledger-ro")))
            .body();
    assertThat(Json.tree(timeline).at("/items/1/actor").asText()).isEqualTo("ann");
  }

  @Test
  void one_without_a_role_of_this_ledger_is_refused() throws JOSEException {
    assertThat(read(signed(ann("ledger-ro")))).isEqualTo(200);
    assertThat(read(signed(ann()))).isEqualTo(403);
    assertThat(read(signed(ann("admin", "operator")))).isEqualTo(403);
    assertThat(read(signed(ann("ledger-ro").claim("realm_access", "ledger-ro")))).isEqualTo(403);
  }

  @Test
  void one_that_is_expired_or_not_yet_good_or_has_no_end_is_refused() throws JOSEException {
    Date longAgo = Date.from(Instant.now().minusSeconds(3_600));
    Date later = Date.from(Instant.now().plusSeconds(3_600));
    assertThat(read(signed(ann("ledger-ro").expirationTime(longAgo)))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").notBeforeTime(later)))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").expirationTime(null)))).isEqualTo(401);
  }

  @Test
  void one_for_another_service_or_of_another_issuer_is_refused() throws JOSEException {
    assertThat(read(signed(ann("ledger-ro").audience("other")))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").audience(List.of())))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").issuer("https://issuer.example")))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").issuer(null)))).isEqualTo(401);
  }

  @Test
  void one_that_says_not_whose_it_is_is_refused() throws JOSEException {
    assertThat(read(signed(ann("ledger-ro").subject(null)))).isEqualTo(401);
    assertThat(read(signed(ann("ledger-ro").subject("x".repeat(257))))).isEqualTo(401);
  }

  @Test
  void one_that_is_forged_is_refused() throws JOSEException {
    assertThat(read(signed(ann("ledger-ro"), JWSAlgorithm.RS256, new RSASSASigner(foreign))))
        .as("another key under the same name")
        .isEqualTo(401);
    assertThat(read(new PlainJWT(ann("ledger-ro").build()).serialize()))
        .as("no signature")
        .isEqualTo(401);
    byte[] publicKey = key.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8);
    assertThat(read(signed(ann("ledger-ro"), JWSAlgorithm.HS256, new MACSigner(publicKey))))
        .as("the public key as a secret")
        .isEqualTo(401);
    String good = signed(ann("ledger-ro"));
    String[] parts = good.split("\\.", -1);
    String more = signed(ann("ledger-ops")).split("\\.", -1)[1];
    assertThat(read(parts[0] + "." + more + "." + parts[2])).as("other claims").isEqualTo(401);
    assertThat(read(parts[0] + "." + parts[1] + ".")).as("its signature cut off").isEqualTo(401);
  }

  @Test
  void tokens_of_the_ledger_are_good_beside_them() {
    assertThat(read(door.token(Role.READER))).isEqualTo(200);
  }

  @Test
  void an_issuer_that_does_not_answer_is_no_verdict_on_the_token(@TempDir Path folder)
      throws JOSEException {
    try (Door other =
        Door.open(
            folder,
            new AccessOptions(
                true,
                0,
                new AccessOptions.Jwt(
                    null, URI.create("http://127.0.0.1:1/jwks"), "a", "roles", Map.of())))) {
      HttpResponse<String> answer =
          other.get("/v1/stats", "Authorization", "Bearer " + signed(ann("ledger-ro")));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");
      assertThat(answer.body()).contains("The keys of the issuer of JWTs cannot be had now");
    }
  }
}
