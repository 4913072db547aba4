package org.sessionledger.app.faults;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.sessionledger.core.testing.Acknowledged;
import org.sessionledger.core.testing.Senders;

/** Senders at work while something happens. */
final class Load {

  private final Acknowledged told = new Acknowledged();
  private final List<ApiSender> senders;

  Load(long seed, int senders, int sessions) {
    List<String> keys = IntStream.range(0, sessions).mapToObj(i -> "session-" + i).toList();
    this.senders = ApiSender.several(seed, senders, keys, told);
  }

  Acknowledged told() {
    return told;
  }

  /** Sends until the server is gone; what it did not answer stays pending. */
  void until(URI server, Runnable itDies) {
    List<Supplier<Void>> tasks = new ArrayList<>();
    for (ApiSender sender : senders) {
      tasks.add(
          () ->
              working(
                  () -> {
                    while (sender.send(server, true)) {
                      // Goes on.
                    }
                  }));
    }
    tasks.add(() -> working(itDies));
    Senders.together(tasks);
  }

  /** Sends while something happens, and goes on until everything is decided. */
  void during(List<URI> servers, Runnable happens) {
    AtomicBoolean over = new AtomicBoolean();
    List<Supplier<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < senders.size(); i++) {
      ApiSender sender = senders.get(i);
      int first = i;
      tasks.add(
          () ->
              working(
                  () -> {
                    int server = first;
                    while (!over.get() || !sender.isSettled()) {
                      if (sender.send(servers.get(server % servers.size()), !over.get())) {
                        // What happens may take long, and all of it is read in the end.
                        ApiSender.rest();
                      } else {
                        server++;
                      }
                    }
                  }));
    }
    tasks.add(
        () ->
            working(
                () -> {
                  try {
                    happens.run();
                  } finally {
                    over.set(true);
                  }
                }));
    Senders.together(tasks);
  }

  private Void working(Runnable work) {
    try {
      work.run();
      return null;
    } catch (RuntimeException | Error e) {
      told.giveUp(e);
      throw e;
    }
  }
}
