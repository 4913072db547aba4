package org.sessionledger.app.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.audit.BundleItem;
import org.sessionledger.core.store.audit.BundleReader;

/** Arrivals out of a bundle's lines: the events of one command are one arrival. */
final class Steps implements BundleReader.Taker {

  private final Consumer<Step> next;
  private final List<SessionEvent> events = new ArrayList<>();
  private BundleItem.@Nullable Happened last;
  private long number;

  Steps(Consumer<Step> next) {
    this.next = next;
  }

  @Override
  public void take(BundleItem item) {
    if (item instanceof BundleItem.Happened happened) {
      if (last != null && !last.command().equals(happened.command())) {
        end();
      }
      events.add(happened.event());
      last = happened;
    } else if (item instanceof BundleItem.Refused refused) {
      end();
      ObjectNode command = refused.command();
      next.accept(
          new Step(
              ++number,
              command,
              refused.verdict(),
              refused.reason(),
              refused.decisionId(),
              List.of(),
              null,
              refused.current(),
              refused.count(),
              refused.at()));
    }
  }

  /** There is nothing more. */
  void end() {
    if (last == null) {
      return;
    }
    next.accept(
        new Step(
            ++number,
            last.command(),
            Verdict.ACCEPTED,
            null,
            null,
            List.copyOf(events),
            last.session(),
            null,
            1,
            last.at()));
    last = null;
    events.clear();
  }
}
