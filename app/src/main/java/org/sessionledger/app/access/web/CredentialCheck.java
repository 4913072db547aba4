package org.sessionledger.app.access.web;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.RateLimit;
import org.sessionledger.app.access.TokenSecret;
import org.sessionledger.app.access.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** From what somebody shows to who he is: a token of this ledger, or a JWT where they are taken. */
final class CredentialCheck implements AuthenticationManager {

  /** Nobody knows whether the credential is good; its message is for whoever showed it. */
  static final class Unknowable extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    Unknowable(String detail, Throwable cause) {
      super(detail, cause);
    }
  }

  /** Somebody shows tokens that nobody knows, again and again. */
  static final class TooOften extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    TooOften(String message) {
      super(message);
    }
  }

  /** Each costs a look into the database; a second's worth, and what may come at once. */
  static final int UNKNOWN_A_SECOND = 20;

  static final int UNKNOWN_AT_ONCE = 200;

  private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);

  private final Tokens tokens;
  private final @Nullable JwtCallers jwts;

  /** By address. */
  private final RateLimit unknown = new RateLimit(UNKNOWN_A_SECOND, UNKNOWN_AT_ONCE);

  CredentialCheck(Tokens tokens, @Nullable JwtCallers jwts) {
    this.tokens = tokens;
    this.jwts = jwts;
  }

  @Override
  public Authentication authenticate(Authentication shown) {
    return new CallerAuthentication(
        caller(((BearerTokenAuthenticationToken) shown).getToken(), from(shown)));
  }

  private static String from(Authentication shown) {
    return shown.getDetails() instanceof WebAuthenticationDetails details
        ? neighbourhood(details.getRemoteAddress())
        : "";
  }

  /** An address, or the half of a long one that one household has. */
  static String neighbourhood(String address) {
    String[] groups = address.split(":", 5);
    return groups.length < 5 ? address : String.join(":", Arrays.copyOf(groups, 4));
  }

  private Caller caller(String secret, String from) {
    if (jwts != null && !secret.startsWith(TokenSecret.PREFIX)) {
      return jwts.caller(secret);
    }
    if (unknown.isSpent(from) && !tokens.isNoStranger(secret)) {
      throw new TooOften("too many unknown tokens came from there");
    }
    try {
      return tokens.find(secret).orElseThrow(() -> noGood(secret, from));
    } catch (AuthenticationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("a token could not be looked up", e);
      throw new Unknowable(
          "Where tokens are looked up, nobody answers; send it again in a second.", e);
    }
  }

  private AuthenticationException noGood(String secret, String from) {
    if (TokenSecret.isOne(secret)) {
      unknown.charge(from, 1);
    }
    return new InvalidBearerTokenException("the token is unknown, expired or revoked");
  }

  /** True while the token that a caller signed in with is good. */
  boolean isStillGood(Caller caller) {
    return tokens.isGood(caller);
  }
}
