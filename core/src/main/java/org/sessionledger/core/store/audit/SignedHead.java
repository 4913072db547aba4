package org.sessionledger.core.store.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ledger's head with an Ed25519 signature, to be kept where the ledger's keeper cannot change it.
 *
 * @param format {@link #FORMAT}
 * @param signedAt the signer's clock
 * @param signature over {@link #text}, in Base64
 */
public record SignedHead(
    String format,
    long position,
    long decisionSeq,
    long sessions,
    String events,
    String decisions,
    Instant recordedAt,
    Instant signedAt,
    String signature) {

  /** As it is read from JSON: a missing part is an error. */
  public SignedHead {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(events, "events");
    Objects.requireNonNull(decisions, "decisions");
    Objects.requireNonNull(recordedAt, "recordedAt");
    Objects.requireNonNull(signedAt, "signedAt");
    Objects.requireNonNull(signature, "signature");
  }

  /** What a signed head says that it is. */
  public static final String FORMAT = "session-ledger-head/1";

  private static final String ALGORITHM = "Ed25519";

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  /** A key, or a signature, is not what it has to be; the message says what is wrong. */
  public static final class BadKey extends Exception {

    private static final long serialVersionUID = 1L;

    BadKey(String message, Throwable cause) {
      super(message, cause);
    }

    BadKey(String message) {
      super(message);
    }
  }

  /**
   * Signs a head.
   *
   * @throws BadKey when the key is not one of Ed25519
   */
  public static SignedHead sign(LedgerHead head, Instant at, PrivateKey key) throws BadKey {
    SignedHead unsigned = of(head, at, "");
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(unsigned.text());
      return of(head, at, Base64.getEncoder().encodeToString(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new BadKey("it cannot sign: " + e.getMessage(), e);
    }
  }

  private static SignedHead of(LedgerHead head, Instant at, String signature) {
    return new SignedHead(
        FORMAT,
        head.position(),
        head.decisionSeq(),
        head.sessions(),
        head.events(),
        head.decisions(),
        head.recordedAt(),
        at,
        signature);
  }

  /** True when the owner of a key signed all of this. */
  public boolean isSignedBy(PublicKey key) {
    try {
      Signature signed = Signature.getInstance(ALGORITHM);
      signed.initVerify(key);
      signed.update(text());
      return FORMAT.equals(format) && signed.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** What was signed: the ledger's head. */
  public LedgerHead head() {
    return new LedgerHead(position, decisionSeq, sessions, events, decisions, recordedAt);
  }

  /** The signed bytes: a line for each field, in this order. */
  private byte[] text() {
    return String.join(
            "\n",
            FORMAT,
            "position " + position,
            "decisionSeq " + decisionSeq,
            "sessions " + sessions,
            "events " + events,
            "decisions " + decisions,
            "recordedAt " + recordedAt,
            "signedAt " + signedAt,
            "")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a private key.
   *
   * @param pem PKCS #8 in PEM, as {@code openssl genpkey -algorithm ed25519} makes it
   */
  public static PrivateKey privateKey(String pem) throws BadKey {
    byte[] key = decode(pem, "PRIVATE KEY");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(key));
    } catch (GeneralSecurityException e) {
      throw new BadKey("it is no Ed25519 key: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a public key.
   *
   * @param pem in PEM, as {@code openssl pkey -pubout} makes it
   */
  public static PublicKey publicKey(String pem) throws BadKey {
    byte[] key = decode(pem, "PUBLIC KEY");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(key));
    } catch (GeneralSecurityException e) {
      throw new BadKey("it is no Ed25519 key: " + e.getMessage(), e);
    }
  }

  private static byte[] decode(String pem, String wanted) throws BadKey {
    Matcher block = PEM.matcher(pem);
    if (!block.find()) {
      throw new BadKey("it has no '-----BEGIN " + wanted + "-----' block of PEM");
    }
    if (!block.group(1).equals(wanted)) {
      throw new BadKey("it is a " + block.group(1) + ", and a " + wanted + " is expected");
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new BadKey("its PEM is no Base64: " + e.getMessage(), e);
    }
  }
}
