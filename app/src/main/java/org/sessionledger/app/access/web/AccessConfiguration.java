package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.TokenSecret;
import org.sessionledger.app.access.Tokens;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.session.CompositeSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionFixationProtectionStrategy;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfAuthenticationStrategy;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Two doors. The API takes tokens in a header, keeps no session, and reads the console's for what
 * changes nothing, so that its pages can follow the live feeds. The console has a session, and a
 * token against forged forms. What may be done behind them is {@link RouteGuard}'s.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@Import(SignIn.Page.class)
public class AccessConfiguration {

  /** Nothing of the API is a page. */
  private static final String NO_PAGE =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  /** Scripts and styles are files of this server; whatever a runtime sent is text. */
  private static final String PAGE =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  @Bean
  CredentialCheck credentialCheck(AccessOptions options, Tokens tokens) {
    return new CredentialCheck(
        tokens, options.jwt() == null ? null : new JwtCallers(options.jwt()));
  }

  @Bean
  Refusal refusal() {
    return new Refusal();
  }

  /** Made here, so that Spring Boot does not put it into its own chain as well. */
  private static CallerFilter callers(
      AccessOptions options, CredentialCheck check, CallerLimits limits) {
    return new CallerFilter(options, check, limits);
  }

  @Bean
  CallerLimits callerLimits(AccessOptions options) {
    return CallerLimits.of(options.requestsPerSecond());
  }

  @Bean
  @Order(1)
  SecurityFilterChain apiDoor(
      HttpSecurity http,
      AccessOptions options,
      CredentialCheck check,
      CallerLimits limits,
      Refusal refusal)
      throws Exception {
    common(http, refusal, NO_PAGE);
    return http.securityMatcher("/v1/**")
        // Bearer tokens are not sent by a browser on its own account; sessions are for GET only.
        .csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .securityContext(context -> context.securityContextRepository(new ForReading()))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .oauth2ResourceServer(
            bearer ->
                bearer
                    .bearerTokenResolver(bearerTokens(options))
                    .authenticationManagerResolver(request -> check)
                    .authenticationEntryPoint(refusal)
                    .accessDeniedHandler(refusal))
        .addFilterBefore(callers(options, check, limits), AuthorizationFilter.class)
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain consoleDoor(
      HttpSecurity http,
      AccessOptions options,
      CredentialCheck check,
      CallerLimits limits,
      Refusal refusal,
      ConsoleSessions sessions,
      Environment environment)
      throws Exception {
    common(http, refusal, PAGE);
    String cookie = environment.getProperty("server.servlet.session.cookie.name", SESSION_COOKIE);
    FormTokens forms = new FormTokens(cookie + "-form");
    // Whoever signs in again is perhaps another one: nothing of the session before is his.
    SessionFixationProtectionStrategy another = new SessionFixationProtectionStrategy();
    another.setMigrateSessionAttributes(false);
    SignIn.Filter signIn = new SignIn.Filter(check);
    signIn.setSessionAuthenticationStrategy(
        new CompositeSessionAuthenticationStrategy(
            List.of(new CsrfAuthenticationStrategy(forms), another, sessions)));
    return http.csrf(csrf -> csrf.csrfTokenRepository(forms))
        .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER))
        .logout(
            out ->
                out.logoutUrl(SignIn.OUT)
                    .deleteCookies(cookie)
                    .logoutSuccessHandler(
                        (request, response, caller) -> SignIn.go(response, SignIn.PATH)))
        .addFilterBefore(new OwnForms(), CsrfFilter.class)
        .addFilterBefore(new FormDoor(), CsrfFilter.class)
        .addFilterBefore(signIn, AuthorizationFilter.class)
        .addFilterBefore(callers(options, check, limits), AuthorizationFilter.class)
        .build();
  }

  @Bean
  ConsoleSessions consoleSessions(Tokens tokens) {
    ConsoleSessions sessions = new ConsoleSessions();
    tokens.onRevocation(sessions::endThoseOf);
    return sessions;
  }

  /** A browser takes it back only over TLS, and from no other name of the same site. */
  public static final String SESSION_COOKIE_OVER_TLS = "__Host-session-ledger";

  /** The console's session. */
  public static final String SESSION_COOKIE = "session-ledger";

  /** Where the console's sessions begin. */
  public static final String SIGN_IN = SignIn.PATH;

  private static void common(HttpSecurity http, Refusal refusal, String policy) throws Exception {
    http.requestCache(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .servletApi(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .exceptionHandling(
            refused -> refused.authenticationEntryPoint(refusal).accessDeniedHandler(refusal))
        .authorizeHttpRequests(
            all ->
                all.requestMatchers(SignIn.PATH, "/assets/**")
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .headers(
            headers ->
                headers
                    // Each answer says itself how long it may be kept.
                    .cacheControl(HeadersConfigurer.CacheControlConfig::disable)
                    // It would bind every port of the machine; who has a name for one says so
                    // there.
                    .httpStrictTransportSecurity(HeadersConfigurer.HstsConfig::disable)
                    .contentSecurityPolicy(csp -> csp.policyDirectives(policy))
                    // Without any, a browser would send the console's own forms with
                    // "Origin: null", as those of a stranger.
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                    .withObjectPostProcessor(
                        new ObjectPostProcessor<HeaderWriterFilter>() {
                          @Override
                          public <O extends HeaderWriterFilter> O postProcess(O filter) {
                            // Otherwise each answer, a live feed's too, is written through a
                            // wrapper that waits for its first byte.
                            filter.setShouldWriteHeadersEagerly(true);
                            return filter;
                          }
                        }));
  }

  /** A server that asks nobody looks at tokens only where they are given and taken. */
  private static BearerTokenResolver bearerTokens(AccessOptions options) {
    DefaultBearerTokenResolver header = new DefaultBearerTokenResolver();
    if (options.required()) {
      return header;
    }
    return request -> {
      String sent = request.getHeader(HttpHeaders.AUTHORIZATION);
      return sent != null
              && sent.contains(TokenSecret.PREFIX)
              && request.getRequestURI().startsWith("/v1/tokens")
          ? header.resolve(request)
          : null;
    };
  }

  /** What a controller sees is for the guard to allow; what is no path at all ends here. */
  @Bean
  HttpFirewall firewall() {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    // Session keys are taken out of the path before, as they were sent. These stand in what is
    // left:
    // the command line encodes all but letters and digits.
    firewall.setAllowUrlEncodedPercent(true);
    firewall.setAllowUrlEncodedPeriod(true);
    // Unknown methods are 405, with what is allowed.
    firewall.setUnsafeAllowAnyHttpMethod(true);
    // An Idempotency-Key is any text, in UTF-8.
    firewall.setAllowedHeaderValues(value -> true);
    firewall.setAllowedParameterValues(value -> true);
    return firewall;
  }

  @Bean
  WebMvcConfigurer routes() {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RouteGuard());
      }
    };
  }

  /** The console's session, where it can do no harm: a form of another site cannot read. */
  private static final class ForReading implements SecurityContextRepository {

    private final HttpSessionSecurityContextRepository sessions =
        new HttpSessionSecurityContextRepository();

    private static boolean applies(HttpServletRequest request) {
      boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
      return reads
          && request.getHeader(HttpHeaders.AUTHORIZATION) == null
          && request.getHeader(HttpHeaders.COOKIE) != null;
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
      return applies(request) ? sessions.loadDeferredContext(request) : new None();
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still wants it
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
      return loadDeferredContext(holder.getRequest()).get();
    }

    @Override
    public void saveContext(
        SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
      // Each request shows its token.
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
      return applies(request) && sessions.containsContext(request);
    }
  }

  private static final class None implements DeferredSecurityContext {

    @Override
    public SecurityContext get() {
      return SecurityContextHolder.createEmptyContext();
    }

    @Override
    public boolean isGenerated() {
      return true;
    }
  }
}
