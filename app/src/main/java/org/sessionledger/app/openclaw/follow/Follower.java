package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.FrameIntake;
import org.sessionledger.app.openclaw.FrameText;
import org.sessionledger.app.openclaw.MalformedFrame;
import org.sessionledger.app.openclaw.Place;
import org.sessionledger.app.openclaw.RecordedFrame;
import org.sessionledger.app.openclaw.follow.GatewayError.Kind;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;

/**
 * Follows one gateway into a ledger: connects, subscribes, lists, and decides whatever comes, until
 * it is told to stop. A lost connection is a gap, and is made anew. Everything but the socket runs
 * on the thread that calls {@link #run}.
 */
public final class Follower {

  /** Sessions that are compared, and told in a gap; the translator remembers as many. */
  private static final int SESSIONS_MAX = 50_000;

  /** Sessions that one frame tells of in a gap. */
  private static final int GAP_SESSIONS = 500;

  /** Rows of a page of the listing. */
  static final int PAGE = 200;

  private static final Duration LAST_COMPARISON = Duration.ofSeconds(5);

  /** Connected for so long, a gateway is well: the next pause is a short one again. */
  private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'live-'yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final FollowOptions options;
  private final FollowListener listener;
  private final FrameText frameText;
  private final FrameIntake intake;
  private final DifferenceWatch differences;
  private final Latencies latencies = new Latencies();
  private final UnknownKinds unknown = new UnknownKinds();
  private final BackOff backOff;
  private final HttpClient http;
  private final String name;
  private final @Nullable RawFrames raw;
  private final @Nullable Mark mark;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile @Nullable Inbox current;

  private long endsAt;
  private long frames;
  private long connections;
  private long gaps;
  private long lastHeardAt;
  private @Nullable Instant gapSince;
  private boolean markFailed;
  private String gapWhy = "";

  public Follower(FollowOptions options, Decider decider, FollowListener listener) {
    this.options = options;
    this.listener = listener;
    this.frameText = new FrameText(options.token());
    this.intake = new FrameIntake(decider, listener, SESSIONS_MAX);
    FollowOptions.Patience patience = options.patience();
    this.differences = new DifferenceWatch(decider, listener, patience.settle());
    this.backOff = new BackOff(patience.retryFirst(), patience.retryMax(), options.random());
    this.http = GatewaySocket.client(patience);
    this.name = NAME.format(options.clock().instant());
    this.mark = options.mark() == null ? null : new Mark(options.mark());
    this.raw =
        options.raw() == null
            ? null
            : new RawFrames(options.raw(), name, frameText, listener::trouble);
  }

  /** Makes {@link #run} end soon; from any thread. */
  public void stop() {
    stopped.complete(null);
    Inbox inbox = current;
    if (inbox != null) {
      inbox.wake();
    }
  }

  /**
   * Follows until it is told to stop; an instance follows once.
   *
   * @throws GatewayError when the gateway cannot be followed, and trying again would not help
   * @throws IOException when raw frames were to be kept, and cannot be
   */
  public FollowSummary run() throws GatewayError, IOException, InterruptedException {
    // Half of all there is: a difference to it never overflows.
    endsAt =
        System.nanoTime()
            + (options.atMost() == null ? Long.MAX_VALUE / 2 : options.atMost().toNanos());
    try {
      if (raw != null) {
        raw.open();
      }
      resume();
      GatewayError failed = null;
      try {
        connectAgainAndAgain();
      } catch (GatewayError e) {
        failed = e;
      }
      // What was heard is decided also when nothing more can be.
      intake.end();
      intake.decideAll();
      if (mark == null) {
        endGap(); // Otherwise it goes on until somebody follows again.
      }
      remember();
      differences.finish(intake, LAST_COMPARISON);
      if (failed != null) {
        throw failed;
      }
      return summary();
    } finally {
      differences.close();
      if (raw != null) {
        raw.close();
      }
    }
  }

  private void connectAgainAndAgain() throws GatewayError, InterruptedException {
    while (!ended()) {
      long began = System.nanoTime();
      long before = connections;
      try {
        connectOnce();
      } catch (ConnectionLost lost) {
        if (ended()) {
          return;
        }
        if (connections > 0 && gapSince == null) {
          gapSince = Instant.ofEpochMilli(lastHeardAt);
          gapWhy = lost.why();
        }
        if (options.once()) {
          listener.disconnected(lost.why(), -1);
          if (connections == 0) {
            throw new GatewayError(
                Kind.NOT_CONNECTED, options.url() + " cannot be followed: " + lost.why() + ".");
          }
          return;
        }
        if (connections > before && System.nanoTime() - began > WELL_NANOS) {
          backOff.reset();
        }
        long pause = backOff.nextMillis(lost.retryAfterMillis());
        listener.disconnected(lost.why(), pause);
        sleep(pause);
      }
    }
  }

  private void sleep(long millis) throws InterruptedException {
    long left = Math.max(0, endsAt - System.nanoTime());
    try {
      stopped.get(Math.min(left, TimeUnit.MILLISECONDS.toNanos(millis)), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The pause is over.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean ended() {
    return stopped.isDone() || System.nanoTime() - endsAt >= 0;
  }

  /** One connection, from its socket to its end. */
  private void connectOnce() throws ConnectionLost, GatewayError, InterruptedException {
    Inbox inbox = new Inbox(options.limits());
    current = inbox;
    try (GatewaySocket socket = GatewaySocket.connect(http, options, inbox, stopped)) {
      Connection connection = new Connection(inbox, socket);
      try {
        connection.greet();
        connection.follow();
      } catch (ConnectionLost lost) {
        connection.lost(lost);
        throw lost;
      }
    }
  }

  /** Goes on where somebody stopped, or was killed. */
  private void resume() {
    if (mark == null) {
      return;
    }
    try {
      ObjectNode frame = mark.read();
      if (frame != null) {
        lastHeardAt = frame.path("heardAt").longValue();
        gapSince = Instant.ofEpochMilli(lastHeardAt);
        gapWhy = "nobody followed the gateway";
        note("in", lastHeardAt, frame);
      }
    } catch (IOException e) {
      listener.trouble(
          "Where the following stood cannot be read, so the time before is not told: "
              + e.getMessage());
    }
  }

  private void remember() {
    Instant since = gapSince;
    if (mark == null || (since == null && connections == 0)) {
      return;
    }
    try {
      // What a gateway says before it lets anybody in is not the end of a gap.
      mark.write(intake.standing(since == null ? lastHeardAt : since.toEpochMilli()));
      markFailed = false;
    } catch (IOException e) {
      if (!markFailed) {
        listener.trouble("Where the following stands cannot be kept: " + e.getMessage());
      }
      markFailed = true;
    }
  }

  private void endGap() {
    Instant since = gapSince;
    if (since == null) {
      return;
    }
    gapSince = null;
    gaps++;
    Instant now = options.clock().instant();
    Instant until = now.isBefore(since) ? since : now; // A clock may have been set back.
    List<SessionKey> sessions = intake.takeMissed();
    for (int first = 0; first < sessions.size(); first += GAP_SESSIONS) {
      List<SessionKey> some =
          sessions.subList(first, Math.min(first + GAP_SESSIONS, sessions.size()));
      note("in", until.toEpochMilli(), FrameIntake.gap(since, until, gapWhy, some));
    }
    intake.decideAll();
    listener.gap(new Gap(since, until, sessions, gapWhy));
  }

  private FollowSummary summary() {
    FrameIntake.Tally tally = intake.tally();
    return new FollowSummary(
        frames,
        tally.unreadable(),
        tally.arrivals(),
        tally.accepted(),
        tally.duplicates(),
        tally.rejected(),
        tally.rejectedByReason(),
        connections,
        gaps,
        unknown.counts(),
        differences.differences(),
        latencies.percentile(0.5),
        latencies.percentile(0.99));
  }

  private Place nextPlace() {
    return new Place(name, ++frames);
  }

  /** A frame that did not come over the socket. */
  private void note(String dir, long at, ObjectNode frame) {
    Place place = nextPlace();
    if (raw != null) {
      raw.note(place.line(), at, dir, frame);
    }
    intake.frame(new RecordedFrame(place, at, frame));
  }

  /** A connection that stands. */
  private final class Connection {

    private final Inbox inbox;
    private final GatewaySocket socket;
    private long requests;
    private long pingAt;
    private boolean challenged;
    private boolean helloed;
    private @Nullable String awaited;
    private @Nullable JsonNode answer;

    Connection(Inbox inbox, GatewaySocket socket) {
      this.inbox = inbox;
      this.socket = socket;
      this.pingAt = System.nanoTime() + options.patience().ping().toNanos();
    }

    /** Everything until all that was missed has been listed. */
    void greet() throws ConnectionLost, GatewayError, InterruptedException {
      JsonNode hello;
      try {
        pump(options.patience().answer(), () -> challenged, "challenge");
        hello = request("connect", Handshake.params(options));
      } catch (ConnectionLost lost) {
        Refusals.raiseClosed(lost);
        throw lost;
      }
      if (ended()) {
        return;
      }
      Handshake.check(hello);
      helloed = true;
      request("sessions.subscribe", JsonNodeFactory.instance.objectNode());
      long listed = list();
      if (ended()) {
        return;
      }
      connections++;
      endGap();
      JsonNode version = hello.path("server").path("version");
      listener.connected(version.isTextual() ? version.asText() : null, listed);
    }

    void follow() throws ConnectionLost, InterruptedException {
      pump(null, () -> false, "");
    }

    /** Every page; the rows that were listed. */
    private long list() throws ConnectionLost, GatewayError, InterruptedException {
      long offset = 0;
      long listed = 0;
      for (int page = 0; page < options.limits().listPages() && !ended(); page++) {
        ObjectNode params = JsonNodeFactory.instance.objectNode().put("limit", PAGE);
        if (offset > 0) {
          params.put("offset", offset);
        }
        JsonNode rows = request("sessions.list", params);
        listed += rows.path("sessions").size();
        if (!rows.path("hasMore").asBoolean(false)) {
          return listed;
        }
        long next = rows.path("nextOffset").asLong(0);
        if (next <= offset) {
          listener.trouble("The listing does not go on after " + listed + " rows.");
          return listed;
        }
        offset = next;
      }
      if (!ended()) {
        listener.trouble("The listing has no end; " + listed + " rows of it were read.");
      }
      return listed;
    }

    /** The answer's payload; an empty one when it was told to stop meanwhile. */
    private JsonNode request(String method, ObjectNode params)
        throws ConnectionLost, GatewayError, InterruptedException {
      String id = "sl-" + connections + "-" + ++requests;
      ObjectNode frame = JsonNodeFactory.instance.objectNode();
      frame.put("type", "req").put("id", id).put("method", method);
      frame.set("params", params);
      note("out", options.clock().millis(), frame.deepCopy());
      if (method.equals("connect")) {
        Handshake.reveal(params, options.token());
      }
      awaited = id;
      answer = null;
      socket.send(Json.write(frame));
      pump(options.patience().answer(), () -> answer != null, "answer to " + method);
      JsonNode answered = answer;
      if (answered == null) {
        return JsonNodeFactory.instance.objectNode();
      }
      if (!answered.path("ok").asBoolean(false)) {
        Refusals.raise(answered, method, options.token());
      }
      return answered.path("payload");
    }

    /** Decides what comes, until something is so. */
    private void pump(@Nullable Duration patience, BooleanSupplier done, String what)
        throws ConnectionLost, InterruptedException {
      long began = System.nanoTime();
      long most = patience == null ? Long.MAX_VALUE : patience.toNanos();
      while (!done.getAsBoolean() && !ended()) {
        long now = System.nanoTime();
        if (now - began >= most) {
          throw new ConnectionLost(
              ConnectionLost.NO_CODE,
              "no " + what + " within " + TimeUnit.NANOSECONDS.toMillis(most) + " ms");
        }
        long wait = Math.min(most - (now - began), Math.min(pingAt - now, endsAt - now));
        List<Inbox.Message> messages =
            inbox.take(Math.max(0, differences.waitNanos(wait)), socket::more);
        messages.forEach(this::hear);
        intake.decideAll();
        decided(messages);
        if (!messages.isEmpty()) {
          listener.heard(messages.size(), lastHeardAt);
        }
        if (raw != null) {
          raw.flush();
        }
        if (mark != null && mark.isDue()) {
          remember();
        }
        differences.tend(intake);
        keepAlive();
      }
    }

    private void decided(List<Inbox.Message> messages) {
      long now = System.nanoTime();
      for (Inbox.Message message : messages) {
        if (message instanceof Inbox.Text text) {
          latencies.note(now - text.nanos());
        }
      }
    }

    private void keepAlive() throws ConnectionLost, InterruptedException {
      Duration silence = options.patience().silence();
      if (inbox.silentNanos() > silence.toNanos()) {
        throw new ConnectionLost(
            ConnectionLost.NO_CODE, "nothing was heard for " + silence.toMillis() + " ms");
      }
      long now = System.nanoTime();
      if (now - pingAt >= 0) {
        pingAt = now + options.patience().ping().toNanos();
        socket.ping();
      }
    }

    private void hear(Inbox.Message message) {
      Place place = nextPlace();
      if (message instanceof Inbox.Text text) {
        lastHeardAt = text.at();
        hear(place, text);
      } else if (message instanceof Inbox.Binary binary) {
        unreadable(place, "is binary, of " + binary.bytes() + " bytes");
      }
    }

    private void hear(Place place, Inbox.Text text) {
      JsonNode frame;
      try {
        frame = frameText.read(text.text());
      } catch (MalformedFrame e) {
        unreadable(place, String.valueOf(e.getMessage()));
        return;
      }
      String type = frame.path("type").asText("");
      String lie = lie(type, frame);
      if (lie != null) {
        unreadable(place, lie);
        return;
      }
      if (raw != null) {
        raw.in(place.line(), text.at(), frame, text.text());
      }
      unknown.note(frame);
      challenged |=
          type.equals("event") && frame.path("event").asText("").equals("connect.challenge");
      if (type.equals("res") && answer == null && frame.path("id").asText("").equals(awaited)) {
        answer = frame;
      }
      intake.frame(new RecordedFrame(place, text.at(), frame));
    }

    /** What no gateway says, and would pass for somebody else's word. */
    private @Nullable String lie(String type, JsonNode frame) {
      if (type.startsWith("_")) {
        // Only who follows writes those: a gateway could make up deaths with them.
        return "has a type that no gateway sends";
      }
      if (type.equals("req")) {
        return "is a request, which only the client makes";
      }
      boolean hello = "hello-ok".equals(frame.path("payload").path("type").asText());
      boolean asked = !helloed && answer == null && frame.path("id").asText("").equals(awaited);
      return type.equals("res") && hello && !asked ? "is a hello that nobody asked for" : null;
    }

    private void unreadable(Place place, String problem) {
      if (raw != null) {
        raw.unreadable(place.line(), options.clock().millis(), problem);
      }
      intake.unreadable(place, problem);
    }

    /** Before a hello nothing was lost, and the process that answers next is not known yet. */
    void lost(ConnectionLost lost) {
      if (helloed) {
        ObjectNode frame = JsonNodeFactory.instance.objectNode().put("type", "_close");
        if (lost.code() != ConnectionLost.NO_CODE) {
          frame.put("code", lost.code());
        }
        // Whatever process began after that is another one.
        note("in", lastHeardAt, frame.put("reason", lost.why()));
        intake.decideAll();
      }
    }
  }
}
