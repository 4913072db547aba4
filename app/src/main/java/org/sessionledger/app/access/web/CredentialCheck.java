package org.sessionledger.app.access.web;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.TokenSecret;
import org.sessionledger.app.access.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** From what somebody shows to who he is: a token of this ledger, or a JWT where they are taken. */
final class CredentialCheck implements AuthenticationManager {

  /** Nobody knows whether the credential is good; its message is for whoever showed it. */
  static final class Unknowable extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    Unknowable(String detail, Throwable cause) {
      super(detail, cause);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);

  private final Tokens tokens;
  private final @Nullable JwtCallers jwts;

  CredentialCheck(Tokens tokens, @Nullable JwtCallers jwts) {
    this.tokens = tokens;
    this.jwts = jwts;
  }

  @Override
  public Authentication authenticate(Authentication shown) {
    return new CallerAuthentication(caller(((BearerTokenAuthenticationToken) shown).getToken()));
  }

  private Caller caller(String secret) {
    if (jwts != null && !secret.startsWith(TokenSecret.PREFIX)) {
      return jwts.caller(secret);
    }
    try {
      return tokens
          .find(secret)
          .orElseThrow(
              () -> new InvalidBearerTokenException("the token is unknown, expired or revoked"));
    } catch (AuthenticationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("a token could not be looked up", e);
      throw new Unknowable(
          "Where tokens are looked up, nobody answers; send it again in a second.", e);
    }
  }

  /** True while the token that a caller signed in with is good. */
  boolean isStillGood(Caller caller) {
    return tokens.isGood(caller);
  }
}
