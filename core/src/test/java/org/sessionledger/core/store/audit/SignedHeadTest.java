package org.sessionledger.core.store.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;

/** A signature covers all that a head says. */
class SignedHeadTest {

  private static final Instant AT = Instant.parse("2026-05-31T09:00:00Z");
  private static final LedgerHead HEAD = new LedgerHead(7, 3, 2, "aa", "bb", AT);

  @Test
  void what_was_signed_is_recognised_and_nothing_else() throws Exception {
    KeyPair keys = keys("Ed25519");
    SignedHead signed =
        SignedHead.sign(
            HEAD,
            AT.plusSeconds(1),
            SignedHead.privateKey(pem("PRIVATE KEY", keys.getPrivate().getEncoded())));
    String json = Json.write(signed);
    SignedHead again = Json.read(json, SignedHead.class);
    assertThat(again.head()).isEqualTo(HEAD);
    assertThat(
            again.isSignedBy(
                SignedHead.publicKey(pem("PUBLIC KEY", keys.getPublic().getEncoded()))))
        .isTrue();
    assertThat(again.isSignedBy(keys("Ed25519").getPublic())).isFalse();
    ObjectNode node = (ObjectNode) Json.tree(json);
    for (String field :
        List.of(
            "format",
            "position",
            "decisionSeq",
            "sessions",
            "events",
            "decisions",
            "recordedAt",
            "signedAt",
            "signature")) {
      ObjectNode changed = node.deepCopy();
      if (changed.get(field).isNumber()) {
        changed.put(field, changed.get(field).longValue() + 1);
      } else if (field.endsWith("At")) {
        changed.put(field, AT.plusSeconds(60).toString());
      } else {
        changed.put(field, "cc");
      }
      assertThat(Json.read(changed.toString(), SignedHead.class).isSignedBy(keys.getPublic()))
          .as(field)
          .isFalse();
    }
  }

  @Test
  void a_key_of_another_kind_is_refused_and_says_what_it_is() throws Exception {
    String rsa = pem("PRIVATE KEY", keys("RSA").getPrivate().getEncoded());
    assertThatThrownBy(() -> SignedHead.privateKey(rsa)).hasMessageContaining("no Ed25519 key");
    String pub = pem("PUBLIC KEY", keys("Ed25519").getPublic().getEncoded());
    assertThatThrownBy(() -> SignedHead.privateKey(pub))
        .hasMessage("it is a PUBLIC KEY, and a PRIVATE KEY is expected");
    assertThatThrownBy(() -> SignedHead.publicKey("no key"))
        .hasMessageContaining("-----BEGIN PUBLIC KEY-----");
  }

  private static KeyPair keys(String algorithm) throws Exception {
    return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
  }

  private static String pem(String what, byte[] key) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(key)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
