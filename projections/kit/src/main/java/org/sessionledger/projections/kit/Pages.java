package org.sessionledger.projections.kit;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.store.LedgerReader;

/**
 * Reads the history from front to back. While one page is worked on, the next one is read and its
 * JSON parsed by a thread of its own.
 */
final class Pages implements AutoCloseable {

  private static final int EVENTS_MAX = 4_000;

  private static final int EVENTS_MIN = 16;

  /** Characters of a page, if the next events are as long as the last ones were. */
  private static final long CHARS = 3_000_000;

  private record Page(long first, List<RecordedEvent> events) {}

  private final LedgerReader reader;
  private final boolean withCommands;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "session-ledger-reads-history");
            made.setDaemon(true);
            return made;
          });

  private @Nullable CompletableFuture<Page> ahead;
  private int size = 256;

  Pages(LedgerReader reader, boolean withCommands) {
    this.reader = reader;
    this.withCommands = withCommands;
  }

  /**
   * The events from a position on: some, and none after the last one.
   *
   * @throws IllegalStateException when one is missing
   */
  List<RecordedEvent> next(long first, long last) {
    CompletableFuture<Page> read = ahead;
    ahead = null;
    Page page = read == null ? null : joined(read);
    if (page == null || page.first() != first || end(page) > last) {
      page = joined(read(first, last));
    }
    long chars = page.events().stream().mapToLong(RecordedEvent::length).sum();
    long fitting = CHARS * page.events().size() / Math.max(1, chars);
    size = (int) Math.max(EVENTS_MIN, Math.min(EVENTS_MAX, fitting));
    if (end(page) < last) {
      ahead = read(end(page) + 1, last);
    }
    return page.events();
  }

  private static long end(Page page) {
    return page.first() + page.events().size() - 1;
  }

  private static Page joined(CompletableFuture<Page> read) {
    try {
      return read.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private CompletableFuture<Page> read(long first, long last) {
    long until = Math.min(last, first + size - 1);
    return CompletableFuture.supplyAsync(() -> readNow(first, until), thread);
  }

  private Page readNow(long first, long last) {
    List<RecordedEvent> events = reader.events(first, last, withCommands);
    long expected = first;
    for (RecordedEvent event : events) {
      if (event.position() != expected) {
        break;
      }
      expected++;
      parse(event);
    }
    if (expected != last + 1) {
      throw new IllegalStateException("the event at position " + expected + " is missing");
    }
    return new Page(first, events);
  }

  private static void parse(RecordedEvent event) {
    try {
      event.event();
    } catch (IllegalStateException unreadable) {
      // Whoever folds it is told again, and knows what to do about it.
    }
  }

  @Override
  public void close() {
    CompletableFuture<Page> read = ahead;
    if (read != null) {
      try {
        read.join();
      } catch (CompletionException | CancellationException notWanted) {
        // Nobody waits for it any more.
      }
    }
    thread.shutdown();
  }
}
