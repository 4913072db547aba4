package org.sessionledger.app.feed;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** A feed of numbers on a real Tomcat, with times of the test's own. */
final class TestFeed implements FeedSource, AutoCloseable {

  private static final String HANG_UP = "hang-up";

  private final AtomicLong newest = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final String padding;

  /** The message that nobody can read. */
  volatile long unreadable;

  private final int page;
  private final Tomcat tomcat = new Tomcat();
  private final Feed feed;

  /**
   * @param messageBytes about as long is each message
   */
  TestFeed(Path folder, FeedTimes times, int messageBytes, int page) {
    this.padding = "x".repeat(messageBytes);
    this.page = page;
    this.feed = new Feed(this, times);
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "feed", new FeedServlet()).setAsyncSupported(true);
    context.addServletMappingDecoded("/", "feed");
    ValveBase valve =
        new ValveBase(true) {
          @Override
          public void invoke(Request request, Response response)
              throws IOException, jakarta.servlet.ServletException {
            Runnable hangUp =
                () ->
                    request
                        .getCoyoteRequest()
                        .getResponse()
                        .action(ActionCode.CLOSE_NOW, new IOException("by the feed's order"));
            request.setAttribute(HANG_UP, hangUp);
            getNext().invoke(request, response);
          }
        };
    context.getPipeline().addValve(valve);
    try {
      tomcat.getConnector();
      tomcat.start();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class FeedServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      AsyncContext async = request.startAsync();
      async.setTimeout(0);
      response.setContentType("text/event-stream");
      String after = request.getParameter("after");
      if (!feed.join(
          async,
          response.getOutputStream(),
          (Runnable) request.getAttribute(HANG_UP),
          after == null ? null : Long.valueOf(after),
          request.getParameter("prefix"))) {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        async.complete();
      }
    }
  }

  Feed feed() {
    return feed;
  }

  int reads() {
    return reads.get();
  }

  boolean isListenedTo() {
    return !listeners.isEmpty();
  }

  void publish(int count) {
    newest.addAndGet(count);
    listeners.forEach(Runnable::run);
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public long newest() {
    return newest.get();
  }

  @Override
  public long newestStored() {
    return newest.get();
  }

  @Override
  public Window read(long after, long upTo) {
    reads.incrementAndGet();
    long last = Math.min(upTo, after + page);
    return new Window(
        after,
        last,
        LongStream.rangeClosed(after + 1, last)
            .mapToObj(
                id -> new FeedMessage(id, "k-" + id % 10, padding.length(), "n", () -> data(id)))
            .toList());
  }

  private String data(long id) {
    if (id == unreadable) {
      throw new IllegalStateException("a later version wrote it");
    }
    return padding;
  }

  @Override
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void forget(Runnable listener) {
    listeners.remove(listener);
  }

  /** A reader with small buffers that reads what it is told to. */
  final class Reader implements AutoCloseable {

    private final Socket socket = new Socket();
    private final BufferedReader lines;

    Reader(String query) {
      try {
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(20_000);
        socket.connect(
            new java.net.InetSocketAddress("127.0.0.1", tomcat.getConnector().getLocalPort()));
        socket
            .getOutputStream()
            .write(("GET /?" + query + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /** The next line that begins so; null at the end of the stream. */
    String next(String beginning) throws IOException {
      String line = lines.readLine();
      while (line != null && !line.startsWith(beginning)) {
        line = lines.readLine();
      }
      return line;
    }

    long nextId() throws IOException {
      String line = next("id: ");
      if (line == null) {
        throw new AssertionError("the stream ended");
      }
      return Long.parseLong(line.substring(4));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  Reader reader(String query) {
    return new Reader(query);
  }

  @Override
  public void close() throws LifecycleException {
    feed.close();
    tomcat.stop();
    tomcat.destroy();
  }
}
