package org.sessionledger.core.store;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.GenericTrackedDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.StreamableMessageSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.UnreadableEvent;

/**
 * The accepted events in the global order, for Axon's event processors. A token is one number: the
 * position, which has no gaps.
 */
public final class LedgerEventSource implements StreamableMessageSource<TrackedEventMessage<?>> {

  private static final int PAGE = 500;

  private final LedgerReader reader;
  private final Commits commits;

  /** Views go on side by side and mostly want the same: the newest page is read once for all. */
  private volatile List<RecordedEvent> newest = List.of();

  public LedgerEventSource(LedgerReader reader, Commits commits) {
    this.reader = reader;
    this.commits = commits;
  }

  @Override
  public BlockingStream<TrackedEventMessage<?>> openStream(@Nullable TrackingToken token) {
    return new EventStream(position(token));
  }

  @Override
  public TrackingToken createTailToken() {
    return new GlobalSequenceTrackingToken(0);
  }

  @Override
  public TrackingToken createHeadToken() {
    return new GlobalSequenceTrackingToken(reader.position());
  }

  private static long position(@Nullable TrackingToken token) {
    return token == null ? 0 : token.position().orElse(0);
  }

  private List<RecordedEvent> eventsAfter(long position, int limit) {
    List<RecordedEvent> page = newest;
    if (position >= last(page)) {
      page = pageAfter(position, limit);
    }
    if (position < first(page) - 1) {
      // Far behind the others.
      return reader.eventsAfter(position, limit);
    }
    // Positions have no gaps. What is in the page was durable when it was read, and stays.
    return page.stream().filter(event -> event.position() > position).limit(limit).toList();
  }

  /** Unless another one has read it meanwhile. */
  private synchronized List<RecordedEvent> pageAfter(long position, int limit) {
    if (position >= last(newest)) {
      newest = reader.eventsAfter(position, limit);
    }
    return newest;
  }

  private static long first(List<RecordedEvent> page) {
    return page.isEmpty() ? 0 : page.get(0).position();
  }

  private static long last(List<RecordedEvent> page) {
    return page.isEmpty() ? 0 : page.get(page.size() - 1).position();
  }

  private final class EventStream implements BlockingStream<TrackedEventMessage<?>> {

    private final Deque<TrackedEventMessage<?>> page = new ArrayDeque<>();
    private long read;
    private @Nullable Runnable listener;

    EventStream(long position) {
      read = position;
    }

    @Override
    public Optional<TrackedEventMessage<?>> peek() {
      fill();
      return Optional.ofNullable(page.peek());
    }

    @Override
    public boolean hasNextAvailable(int timeout, TimeUnit unit) throws InterruptedException {
      fill();
      if (page.isEmpty() && timeout > 0 && commits.awaitAfter(read, timeout, unit)) {
        fill();
      }
      return !page.isEmpty();
    }

    @Override
    public TrackedEventMessage<?> nextAvailable() throws InterruptedException {
      while (!hasNextAvailable(1, TimeUnit.MINUTES)) {
        // Waiting is all that is asked for.
      }
      return page.remove();
    }

    /** Axon then waits for the call instead of asking again and again. */
    @Override
    public boolean setOnAvailableCallback(Runnable callback) {
      forgetListener();
      listener = callback;
      commits.listen(callback);
      return true;
    }

    @Override
    public void close() {
      forgetListener();
      page.clear();
    }

    private void forgetListener() {
      if (listener != null) {
        commits.forget(listener);
        listener = null;
      }
    }

    private void fill() {
      // What is committed and not durable yet may be in the tables already; it is not told.
      long durable = commits.position() - read;
      if (!page.isEmpty() || durable <= 0) {
        return;
      }
      for (RecordedEvent event : eventsAfter(read, (int) Math.min(PAGE, durable))) {
        page.add(message(event));
        read = event.position();
      }
    }
  }

  /** The message that Axon's handlers get; {@link RecordedEvent#of} takes the record out again. */
  static TrackedEventMessage<?> message(RecordedEvent event) {
    Instant at = event.recordedAt();
    Object payload = payload(event);
    return new GenericTrackedDomainEventMessage<>(
        new GlobalSequenceTrackingToken(event.position()),
        "Session",
        payload instanceof SessionEvent told ? told.sessionKey().value() : "?",
        event.version() - 1,
        new GenericMessage<>(
            "e" + event.position(), payload, MetaData.with(RecordedEvent.METADATA_KEY, event)),
        () -> at);
  }

  /** One event that cannot be read must not keep everybody from those after it. */
  private static Object payload(RecordedEvent event) {
    try {
      return event.event();
    } catch (IllegalStateException unreadable) {
      return new UnreadableEvent(event.type(), String.valueOf(unreadable.getMessage()));
    }
  }
}
