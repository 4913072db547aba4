package org.sessionledger.app.access.web;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Role;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.Text;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/** Who comes with a JWT of an issuer that this server trusts. */
final class JwtCallers {

  /** With one of the others whoever can check a JWT can make one. */
  private static final Set<JWSAlgorithm> PUBLIC_KEYS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final AccessOptions.Jwt options;
  private final JwtDecoder decoder;

  JwtCallers(AccessOptions.Jwt options) {
    this.options = options;
    this.decoder = decoder(options);
  }

  private static JwtDecoder decoder(AccessOptions.Jwt options) {
    DefaultJWTProcessor<SecurityContext> signatures = new DefaultJWTProcessor<>();
    signatures.setJWSKeySelector(
        new JWSVerificationKeySelector<>(PUBLIC_KEYS, new IssuerKeys(options)));
    signatures.setJWTClaimsSetVerifier((claims, context) -> {}); // The rules below.
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(signatures);
    List<OAuth2TokenValidator<Jwt>> rules = new ArrayList<>();
    rules.add(new JwtTimestampValidator());
    if (options.issuer() != null) {
      rules.add(new JwtIssuerValidator(options.issuer().toString()));
    }
    // One that was issued for another service must not open this one.
    rules.add(
        new JwtClaimValidator<Collection<String>>(
            JwtClaimNames.AUD, for_ -> for_ != null && for_.contains(options.audience())));
    // One without an end could never be taken back.
    rules.add(new JwtClaimValidator<Object>(JwtClaimNames.EXP, Objects::nonNull));
    decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(rules));
    return decoder;
  }

  Caller caller(String token) {
    Jwt jwt;
    try {
      jwt = decoder.decode(token);
    } catch (BadJwtException e) {
      throw new InvalidBearerTokenException("the JWT is no good", e);
    } catch (JwtException e) {
      throw new CredentialCheck.Unknowable(
          "The keys of the issuer of JWTs cannot be had now. Send it again in a few seconds, or"
              + " come with a token of this ledger.",
          e);
    }
    Role role =
        values(claim(jwt.getClaims(), options.roleClaim()))
            .flatMap(this::role)
            .max(Comparator.naturalOrder())
            .orElseThrow(
                () ->
                    new OAuth2AuthenticationException(
                        BearerTokenErrors.insufficientScope(
                            "the JWT has no role of this ledger", "")));
    return new Caller(Caller.JWT, name(jwt), role, null, jwt.getExpiresAt());
  }

  private static String name(Jwt jwt) {
    String subject = jwt.getSubject();
    try {
      return Text.identifier("sub", subject == null ? "" : subject, Text.ID_MAX);
    } catch (InvalidField e) {
      throw new InvalidBearerTokenException("the JWT does not say whose it is", e);
    }
  }

  private static @Nullable Object claim(Map<String, Object> claims, String path) {
    Object value = claims.get(path);
    if (value != null) {
      return value;
    }
    value = claims;
    for (String name : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return value;
  }

  private static Stream<String> values(@Nullable Object claim) {
    if (claim instanceof Collection<?> many) {
      return many.stream().map(String::valueOf);
    }
    return claim instanceof String text ? Stream.of(text.split(" ", -1)) : Stream.empty();
  }

  private Stream<Role> role(String value) {
    if (options.roles().isEmpty()) {
      return Role.of(value).stream();
    }
    return Stream.ofNullable(options.roles().get(value));
  }
}
