package org.sessionledger.app.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives, finds and takes tokens. What is found is remembered for two seconds: so long may a token
 * that was revoked through another node, or by the command line in the database, still be good
 * here.
 */
public final class Tokens {

  /** How long a token that was found is not looked up again. */
  public static final Duration REMEMBERED = Duration.ofSeconds(2);

  /** Most tokens that are remembered. */
  static final int REMEMBERED_MAX = 10_000;

  /** The id of the token that the first start makes, so that of two nodes only one makes it. */
  static final String FIRST = "first";

  /** A token with its secret, which nobody can tell again. */
  public record Given(Token token, String secret) {}

  private record Remembered(TokenTable.Row row, long sinceNanos) {}

  private final DataSource dataSource;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();
  private final Map<String, Caller> local = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private @Nullable TokenTable table;
  private long revocations;

  public Tokens(DataSource dataSource) {
    this(dataSource, Clock.systemUTC(), System::nanoTime);
  }

  Tokens(DataSource dataSource, Clock clock, LongSupplier nanos) {
    this.dataSource = dataSource;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Makes the table, for those who may not. */
  public void prepare() {
    table();
  }

  /** A ledger that nobody protects has no such table. */
  private synchronized TokenTable table() {
    if (table == null) {
      table = TokenTable.in(dataSource);
    }
    return table;
  }

  public Given create(NewToken wanted, @Nullable String by) {
    String id = TokenSecret.makeId();
    String name = wanted.name() == null ? wanted.role().code() + "-" + id : wanted.name();
    Token token =
        new Token(
            id,
            name,
            wanted.role(),
            wanted.prefix(),
            now().truncatedTo(ChronoUnit.MILLIS),
            by,
            wanted.expiresAt(),
            null);
    return insert(token)
        .orElseThrow(() -> new IllegalStateException("two tokens were given one id"));
  }

  private Optional<Given> insert(Token token) {
    String secret = TokenSecret.make();
    return table().insert(token, TokenSecret.hash(secret))
        ? Optional.of(new Given(token, secret))
        : Optional.empty();
  }

  /** An admin's token for a ledger that never had an admin; empty for any other. */
  public Optional<Given> createFirst(String name) {
    if (table().has(Role.ADMIN)) {
      return Optional.empty();
    }
    return insert(
        new Token(
            FIRST, name, Role.ADMIN, null, now().truncatedTo(ChronoUnit.MILLIS), null, null, null));
  }

  /** An admin's token that is good for as long as this process lives and is stored nowhere here. */
  public String createLocal(String name) {
    String secret = TokenSecret.make();
    local.put(TokenSecret.hash(secret), new Caller("local", name, Role.ADMIN, null, null));
    return secret;
  }

  /** All that were ever given, in that order. */
  public List<Token> all() {
    return table().all();
  }

  /** Takes a token; from when this returns, nobody comes in with it here. Empty: no such one. */
  public Optional<Token> revoke(String id) {
    TokenTable rows = table();
    rows.revoke(id, now().truncatedTo(ChronoUnit.MILLIS));
    forget();
    listeners.forEach(listener -> listener.accept(id));
    return rows.byId(id);
  }

  private synchronized void forget() {
    revocations++;
    // They are looked up again, and are still no strangers.
    long longAgo = nanos.getAsLong() - REMEMBERED.toNanos();
    remembered.replaceAll((hash, known) -> new Remembered(known.row(), longAgo));
  }

  /** Is told the id of each token that is revoked here. */
  public void onRevocation(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** True for one that was found before; nothing is looked up for the answer. */
  public boolean isNoStranger(String secret) {
    String hash = TokenSecret.hash(secret);
    return local.containsKey(hash) || remembered.containsKey(hash);
  }

  /** Who holds a token; empty when it is no good. */
  public Optional<Caller> find(String secret) {
    if (!TokenSecret.isOne(secret)) {
      return Optional.empty();
    }
    String hash = TokenSecret.hash(secret);
    Caller here = local.get(hash);
    return here != null ? Optional.of(here) : good(hash).map(Token::caller);
  }

  /** True while a caller's token is good; he was found by it before. */
  public boolean isGood(Caller caller) {
    if (caller.isExpired(now())) {
      return false;
    }
    return caller.credential().equals(Caller.JWT)
        || local.containsValue(caller)
        || table().byId(caller.credential()).filter(token -> token.isGood(now())).isPresent();
  }

  private Optional<Token> good(String hash) {
    Remembered known = remembered.get(hash);
    TokenTable.Row row =
        known != null && nanos.getAsLong() - known.sinceNanos() < REMEMBERED.toNanos()
            ? known.row()
            : lookUp(hash);
    // The index has found it by its hash already; no part of that is the secret.
    return row != null && TokenSecret.same(row.hash(), hash) && row.token().isGood(now())
        ? Optional.of(row.token())
        : Optional.empty();
  }

  private TokenTable.@Nullable Row lookUp(String hash) {
    long since = nanos.getAsLong();
    long before = revocations();
    TokenTable.Row row = table().find(hash).orElse(null);
    if (row != null) {
      remember(hash, new Remembered(row, since), before);
    }
    return row;
  }

  private synchronized long revocations() {
    return revocations;
  }

  /** Not what was read before a revocation, which it may be. */
  private synchronized void remember(String hash, Remembered row, long before) {
    if (before != revocations) {
      return;
    }
    if (remembered.size() >= REMEMBERED_MAX) {
      remembered.clear();
    }
    remembered.put(hash, row);
  }

  public Instant now() {
    return clock.instant();
  }
}
