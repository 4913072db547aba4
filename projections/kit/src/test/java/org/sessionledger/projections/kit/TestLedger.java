package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Source;

/** A real ledger with views, on a database of its own. */
public final class TestLedger implements AutoCloseable {

  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HikariDataSource dataSource;
  private final List<Function<Ledger, View>> makers;
  private final List<View> made = new ArrayList<>();
  private Ledger ledger;
  private Views views;

  private TestLedger(HikariDataSource dataSource, List<Function<Ledger, View>> makers) {
    this.dataSource = dataSource;
    this.makers = makers;
    start();
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  public static TestLedger open(TestDatabase database, Function<Ledger, View>... views) {
    return new TestLedger(database.create(), List.of(views));
  }

  /** One more node on a database that others have, too. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static TestLedger over(String url, Function<Ledger, View>... views) {
    return new TestLedger(TestDatabase.open(url), List.of(views));
  }

  private void start() {
    ledger = Ledger.open(dataSource);
    made.clear();
    makers.forEach(maker -> made.add(maker.apply(ledger)));
    views = Views.open(ledger, made);
  }

  /** Stops everything but the database and starts it again. */
  public void reopen() {
    stop();
    start();
  }

  private void stop() {
    views.close();
    ledger.close();
  }

  public Ledger ledger() {
    return ledger;
  }

  public Views views() {
    return views;
  }

  public HikariDataSource dataSource() {
    return dataSource;
  }

  public <V extends View> V view(Class<V> type) {
    return made.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  public void caughtUp() {
    assertThat(views.awaitAll(PATIENCE)).as("the views caught up: %s", views.states()).isTrue();
  }

  public Decision send(SessionCommand command) {
    return send(
        command, new Provenance(new Source("gateway", "gw-1", null), null, null, null, null));
  }

  public Decision send(SessionCommand command, Provenance provenance) {
    return ledger.decide(command, provenance);
  }

  public Decision accepted(SessionCommand command) {
    Decision decision = send(command);
    assertThat(decision.refusal()).as("%s", command).isNull();
    return decision;
  }

  public Decision by(String actor, String reason, SessionCommand command) {
    Decision decision = send(command, new Provenance(Source.UNKNOWN, actor, reason, null, null));
    assertThat(decision.refusal()).as("%s", command).isNull();
    return decision;
  }

  public Decision refused(Reason reason, SessionCommand command) {
    Decision decision = send(command);
    assertThat(decision.refusal()).as("%s", command).isNotNull();
    assertThat(decision.refusal().reason()).as("%s", command).isEqualTo(reason);
    return decision;
  }

  public static SessionCommand open(SessionKey key, String sessionId) {
    return new SessionCommand.OpenSession(key, new SessionId(sessionId), null, null);
  }

  public static SessionCommand start(SessionKey key, String sessionId, String run) {
    return new SessionCommand.StartRun(key, id(sessionId), null, new RunId(run), null, null, null);
  }

  public static SessionCommand startNext(SessionKey key, String sessionId, String run, long next) {
    return new SessionCommand.StartRun(key, id(sessionId), null, new RunId(run), next, null, null);
  }

  public static SessionCommand complete(SessionKey key, String sessionId, String run) {
    return new SessionCommand.CompleteRun(key, id(sessionId), null, new RunId(run), null);
  }

  public static SessionCommand abort(SessionKey key, String sessionId, String run) {
    return new SessionCommand.AbortRun(key, id(sessionId), null, new RunId(run), null);
  }

  public static SessionCommand fail(
      SessionKey key, String sessionId, String run, Long attempt, String kind, String message) {
    return new SessionCommand.FailRun(
        key, id(sessionId), null, new RunId(run), attempt, kind, message, null);
  }

  public static SessionCommand reset(SessionKey key, String newSessionId) {
    return new SessionCommand.ResetSession(key, null, null, id(newSessionId));
  }

  public static SessionCommand compact(SessionKey key, String newSessionId, String... carry) {
    List<RunId> carried = new ArrayList<>();
    for (String run : carry) {
      carried.add(new RunId(run));
    }
    return new SessionCommand.CompactSession(
        key, null, null, null, null, id(newSessionId), carried, null, null);
  }

  public static SessionCommand close(SessionKey key) {
    return new SessionCommand.CloseSession(key, null, null);
  }

  private static SessionId id(String value) {
    return value == null ? null : new SessionId(value);
  }

  @Override
  public void close() {
    stop();
    dataSource.close();
  }
}
