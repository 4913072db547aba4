package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Token;
import org.sessionledger.app.access.TokenSecret;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.LedgerReader.DecisionQuery;
import org.sessionledger.core.store.PastSessions;
import org.sessionledger.core.store.audit.BundleWriter;
import org.sessionledger.core.store.audit.Checkpoint;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.RebuildReport;
import org.sessionledger.projections.kit.RebuildUnderWay;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewState;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.lineage.FindGenerations;
import org.sessionledger.projections.runs.FindRuns;
import org.sessionledger.projections.status.FindSessionStatus;
import org.sessionledger.projections.status.FindSessions;
import org.sessionledger.projections.timeline.FindRotationAudit;
import org.sessionledger.projections.timeline.FindTimeline;

/** The API's documents from a ledger and views in this process. */
public final class EmbeddedLedgerApi implements LedgerApi {

  /** How long a query with {@code minVersion} waits at most. */
  static final Duration MIN_VERSION_WAIT = Duration.ofSeconds(2);

  /** How long one who asks of what he just sent waits for the views. */
  private static final Duration CATCH_UP_WAIT = Duration.ofSeconds(60);

  private final Ledger ledger;
  private final LedgerViews views;
  private final Views progress;
  private final Commands commands;
  private final Verifications verifications;
  private final Past past;
  private final Tokens tokens;
  private final boolean catchUp;
  private final Runnable release;

  private EmbeddedLedgerApi(
      Ledger ledger,
      LedgerViews views,
      Views progress,
      Tokens tokens,
      boolean catchUp,
      Runnable release) {
    this.ledger = ledger;
    this.views = views;
    this.progress = progress;
    this.commands = new Commands(ledger);
    this.verifications =
        new Verifications(
            views.all().stream()
                .<ViewCheck>map(view -> new RebuiltCheck(view.name(), progress.rebuilds()))
                .toList());
    this.past = new Past(new PastSessions(ledger.dataSource()));
    this.tokens = tokens;
    this.catchUp = catchUp;
    this.release = release;
  }

  /**
   * Opens a ledger with its views. Whoever asks it sees what was accepted before, without a {@code
   * minVersion}: each query waits for the views first.
   *
   * @throws org.sessionledger.core.ledger.LedgerUnavailable when the ledger cannot be opened
   */
  public static EmbeddedLedgerApi open(LedgerStorage storage) {
    HomeCalls.forbid();
    LedgerStorage.OpenLedger open = storage.open();
    try {
      LedgerViews views = LedgerViews.of(open.ledger());
      Views progress = Views.open(open.ledger(), views.all());
      Runnable release =
          () -> {
            try (open;
                progress) {
              return;
            }
          };
      Tokens tokens = new Tokens(open.ledger().dataSource());
      if (storage instanceof LedgerStorage.Database) {
        // The role that makes tables runs a verb first, and the nodes' role may not make any.
        tokens.prepare();
      }
      return new EmbeddedLedgerApi(open.ledger(), views, progress, tokens, true, release);
    } catch (RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  /** Answers from what others opened and close; the views may be a moment behind. */
  static EmbeddedLedgerApi over(Ledger ledger, LedgerViews views, Views progress, Tokens tokens) {
    return new EmbeddedLedgerApi(ledger, views, progress, tokens, false, () -> {});
  }

  @Override
  public JsonNode decide(String command) {
    return commands.decide(command, CommandHeaders.NONE);
  }

  @Override
  public List<JsonNode> decideAll(List<? extends @Nullable String> lines) {
    return commands.submitAll(lines, CommandHeaders.NONE).stream()
        .<JsonNode>map(Commands::outcome)
        .toList();
  }

  @Override
  public JsonNode sessions(@Nullable String status, @Nullable String prefix, Page page) {
    Status only = status == null ? null : sessionStatus(status);
    String list = "sessions";
    catchUp();
    return checked(
        () ->
            page(
                list,
                views
                    .status()
                    .find(new FindSessions(only, prefix, page.limit(), cursor(list, page)))));
  }

  @Override
  public JsonNode sessionsAt(
      When when, @Nullable String status, @Nullable String prefix, Page page) {
    Status only = status == null ? null : sessionStatus(status);
    return past.sessions(
        when,
        session ->
            (only == null || session.status() == only)
                && (prefix == null || session.sessionKey().value().startsWith(prefix)),
        page);
  }

  @Override
  public JsonNode session(String sessionKey, Moment moment) {
    if (moment.atVersion() != null && moment.at() != null) {
      throw Problems.badParameter("at", "does not go with 'atVersion'; ask for one moment");
    }
    SessionKey key = awaited(views.status(), sessionKey, moment.minVersion());
    return Json.mapper()
        .valueToTree(at(key, moment).orElseThrow(() -> notThen(sessionKey, key, moment)));
  }

  private Optional<SessionStatus> at(SessionKey key, Moment moment) {
    if (moment.atVersion() != null) {
      return ledger.reader().event(key, moment.atVersion()).map(RecordedEvent::session);
    }
    if (moment.at() != null) {
      return ledger.reader().sessionAt(key, moment.at());
    }
    return views.status().find(new FindSessionStatus(key));
  }

  private ApiProblem notThen(String sessionKey, SessionKey key, Moment moment) {
    Optional<SessionStatus> now = ledger.reader().session(key);
    if (now.isEmpty() || moment.equals(Moment.NOW)) {
      return Problems.unknownSession(sessionKey);
    }
    return Problems.notFound(
        "unknown-moment",
        "The session was not there then",
        moment.atVersion() == null
            ? "The session was first opened at " + now.get().openedAt() + ", which is later."
            : "The session has versions 1 to " + now.get().version() + ".");
  }

  @Override
  public JsonNode generations(String sessionKey, @Nullable Long minVersion, Page page) {
    SessionKey key = awaited(views.lineage(), sessionKey, minVersion);
    String list = "generations";
    return checked(
        () ->
            page(
                list,
                views
                    .lineage()
                    .find(new FindGenerations(key, page.limit(), cursor(list, page)))
                    .orElseThrow(() -> Problems.unknownSession(sessionKey))));
  }

  @Override
  public JsonNode runs(String sessionKey, @Nullable Long minVersion, Page page) {
    SessionKey key = awaited(views.runs(), sessionKey, minVersion);
    String list = "runs";
    return checked(
        () ->
            page(
                list,
                views
                    .runs()
                    .find(new FindRuns(key, null, page.limit(), cursor(list, page)))
                    .orElseThrow(() -> Problems.unknownSession(sessionKey))));
  }

  @Override
  public JsonNode timeline(String sessionKey, @Nullable Long minVersion, Page page) {
    SessionKey key = awaited(views.timeline(), sessionKey, minVersion);
    String list = "timeline";
    return checked(
        () ->
            page(
                list,
                views
                    .timeline()
                    .find(new FindTimeline(key, page.limit(), cursor(list, page)))
                    .orElseThrow(() -> Problems.unknownSession(sessionKey))));
  }

  @Override
  public JsonNode audit(String sessionKey, @Nullable Long generation, @Nullable Long minVersion) {
    SessionKey key = awaited(views.timeline(), sessionKey, minVersion);
    return Json.mapper()
        .valueToTree(
            views
                .timeline()
                .find(new FindRotationAudit(key, generation))
                .orElseThrow(() -> noRotation(sessionKey, key, generation)));
  }

  private ApiProblem noRotation(String sessionKey, SessionKey key, @Nullable Long generation) {
    Optional<SessionStatus> now = views.status().find(new FindSessionStatus(key));
    if (now.isEmpty()) {
      return Problems.unknownSession(sessionKey);
    }
    return Problems.notFound(
        "unknown-rotation",
        "No rotation ended the generation",
        (generation == null
                ? "No generation of the session ended yet"
                : "Generation " + generation + " was not ended by a rotation")
            + "; its current generation is "
            + now.get().generation()
            + ".");
  }

  @Override
  public JsonNode decisions(
      String verdict,
      @Nullable String reason,
      @Nullable String sessionKey,
      @Nullable String prefix,
      Page page) {
    Verdict kept = verdict(verdict);
    Reason only = reason == null ? null : reason(reason);
    SessionKey key = sessionKey == null ? null : key(sessionKey);
    String list = "decisions";
    return checked(
        () -> {
          Long before = Cursor.parse(cursor(list, page), Long.MAX_VALUE).get(0);
          List<LoggedDecision> oneMore =
              ledger
                  .reader()
                  .decisions(new DecisionQuery(kept, only, key, prefix, before, page.limit() + 1));
          return page(
              list,
              org.sessionledger.projections.kit.Page.of(
                  oneMore, page.limit(), DecisionJson::listed, line -> Cursor.of(line.seq())));
        });
  }

  @Override
  public JsonNode decision(String decisionId) {
    return ledger
        .reader()
        .decision(decisionId)
        .map(DecisionJson::explained)
        .orElseThrow(() -> Problems.unknownDecision(decisionId));
  }

  @Override
  public JsonNode projections() {
    catchUp();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.set("items", Json.mapper().valueToTree(progress.states()));
    return document;
  }

  @Override
  public JsonNode rebuild(String view, String mode) {
    requireView(view);
    RebuildReport.Mode wanted = rebuildMode(mode);
    catchUp();
    try {
      return Json.mapper().valueToTree(progress.rebuilds().start(view, wanted));
    } catch (RebuildUnderWay e) {
      throw Problems.conflict(
          "rebuild-under-way",
          "A rebuild is under way",
          "The view '"
              + e.view()
              + "' is being rebuilt, and there is one rebuild at a time; GET"
              + " /v1/projections/"
              + e.view()
              + "/rebuild tells how far it is, DELETE cancels it.");
    }
  }

  private static RebuildReport.Mode rebuildMode(String mode) {
    return switch (mode) {
      case "switch" -> RebuildReport.Mode.SWITCH;
      case "accept" -> RebuildReport.Mode.ACCEPT;
      case "check" -> RebuildReport.Mode.CHECK;
      default ->
          throw Problems.badParameter(
              "mode", "is '" + Problems.echo(mode) + "', known are switch, accept, check");
    };
  }

  @Override
  public JsonNode rebuildReport(String view) {
    requireView(view);
    return Json.mapper()
        .valueToTree(
            progress
                .rebuilds()
                .report(view)
                .orElseThrow(
                    () ->
                        Problems.notFound(
                            "never-rebuilt",
                            "The view was never rebuilt",
                            "The view '" + view + "' was never rebuilt; a POST begins it.")));
  }

  @Override
  public JsonNode cancelRebuild(String view) {
    requireView(view);
    if (!progress.rebuilds().cancel(view)) {
      throw Problems.conflict(
          "no-rebuild-under-way",
          "No rebuild of the view is under way",
          "There is nothing to cancel: no rebuild of the view '" + view + "' is under way.");
    }
    return rebuildReport(view);
  }

  private void requireView(String view) {
    List<String> names = views.all().stream().map(View::name).toList();
    if (!names.contains(view)) {
      throw Problems.notFound(
          "unknown-view",
          "No view has this name",
          "No view is called '"
              + Problems.echo(view)
              + "'; there are "
              + String.join(", ", names)
              + ".");
    }
  }

  @Override
  public JsonNode health() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode problems = JsonNodeFactory.instance.arrayNode();
    for (ViewState view : progress.states()) {
      if (view.state() != ViewState.State.RUNNING) {
        problems.add(
            "The view "
                + view.name()
                + " is not going on"
                + (view.error() == null ? "." : ": " + view.error()));
      }
      if (view.parked() > 0) {
        problems.add(
            "The view "
                + view.name()
                + " leaves sessions alone whose events it cannot take: "
                + view.parked()
                + "; GET /v1/projections names them.");
      }
      if (view.refused() > 0) {
        problems.add(
            "Rows of the view "
                + view.name()
                + " refused to go back: "
                + view.refused()
                + "; rebuild it with mode=check to see whether it is right.");
      }
    }
    document.put("status", problems.isEmpty() ? "ok" : "degraded");
    document.set("problems", problems);
    return document;
  }

  @Override
  public JsonNode stats() {
    return Json.mapper().valueToTree(ledger.reader().stats());
  }

  @Override
  public JsonNode verify(@Nullable Checkpoint then, Verification.Progress progress) {
    return verifications.verify(ledger.dataSource(), then, progress);
  }

  @Override
  public void bundle(String sessionKey, OutputStream out) throws IOException {
    BundleWriter bundle =
        BundleWriter.of(ledger.dataSource(), key(sessionKey))
            .orElseThrow(() -> Problems.unknownSession(sessionKey));
    bundle.write(out);
  }

  @Override
  public void close() {
    release.run();
  }

  /** The key, when the view has seen the version of it that is asked for. */
  private SessionKey awaited(View view, String sessionKey, @Nullable Long minVersion) {
    SessionKey key = key(sessionKey);
    catchUp();
    if (minVersion != null
        && minVersion > 0
        && !progress.awaitVersion(view.name(), key, minVersion, MIN_VERSION_WAIT)) {
      throw ledger.reader().session(key).isEmpty()
          ? Problems.unknownSession(sessionKey)
          : Problems.later(
              "not-yet",
              "The view has not seen that version yet",
              "The "
                  + view.name()
                  + " view has not seen version "
                  + minVersion
                  + " of the session within "
                  + MIN_VERSION_WAIT.toSeconds()
                  + " seconds; ask again, or without minVersion for what it has.");
    }
    return key;
  }

  @Override
  public JsonNode createToken(NewToken wanted, @Nullable String by) {
    if (wanted.expiresAt() != null && !wanted.expiresAt().isAfter(tokens.now())) {
      throw new ApiProblem(
          400,
          "invalid-token",
          "No such token can be given",
          "The token would have expired at " + wanted.expiresAt() + " already.");
    }
    Tokens.Given given = tokens.create(wanted, by);
    return given.token().document(tokens.now()).put("token", given.secret());
  }

  @Override
  public JsonNode tokens() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode items = document.putArray("items");
    for (Token token : tokens.all()) {
      items.add(token.document(tokens.now()));
    }
    return document;
  }

  @Override
  public JsonNode revokeToken(String id) {
    return tokens
        .revoke(id)
        .map(token -> token.document(tokens.now()))
        .orElseThrow(
            () ->
                Problems.notFound(
                    "unknown-token",
                    "No token has this id",
                    "No token has the id '"
                        + Problems.echo(TokenSecret.strike(id))
                        + "'; list the tokens to see their ids."));
  }

  private void catchUp() {
    if (catchUp && !progress.awaitAll(CATCH_UP_WAIT)) {
      throw Problems.later(
          "not-yet",
          "The views are behind",
          "The views have not caught up within "
              + CATCH_UP_WAIT.toSeconds()
              + " seconds; ask again later.");
    }
  }

  private static @Nullable String cursor(String list, Page page) {
    return Cursors.open(list, page.cursor());
  }

  private static ObjectNode page(String list, org.sessionledger.projections.kit.Page<?> page) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.set("items", Json.mapper().valueToTree(page.items()));
    if (page.nextCursor() != null) {
      document.put("nextCursor", Cursors.seal(list, page.nextCursor()));
    }
    return document;
  }

  /** What a view finds wrong with a question is a parameter's fault. */
  private static JsonNode checked(Supplier<JsonNode> answer) {
    try {
      return answer.get();
    } catch (InvalidField e) {
      throw Problems.badParameter(e);
    }
  }

  private static SessionKey key(String sessionKey) {
    try {
      return new SessionKey(sessionKey);
    } catch (InvalidField e) {
      throw Problems.badParameter(e);
    }
  }

  private static Status sessionStatus(String code) {
    for (Status status : Status.values()) {
      if (status.code().equals(code) && status != Status.SUPERSEDED) {
        return status;
      }
    }
    throw Problems.badParameter(
        "status",
        "is '"
            + Problems.echo(code)
            + "', known are idle, running, done, failed, aborted, interrupted, closed, migrated");
  }

  private static Verdict verdict(String code) {
    if (code.equals(Verdict.REJECTED.code())) {
      return Verdict.REJECTED;
    }
    if (code.equals(Verdict.DUPLICATE.code())) {
      return Verdict.DUPLICATE;
    }
    throw Problems.badParameter(
        "verdict",
        "is '"
            + Problems.echo(code)
            + "', known are rejected, duplicate; what was accepted stands in the timelines");
  }

  private static Reason reason(String code) {
    try {
      return Reason.of(code);
    } catch (IllegalArgumentException e) {
      throw Problems.badParameter(
          "reason", "is '" + Problems.echo(code) + "', which is no reason code");
    }
  }
}
