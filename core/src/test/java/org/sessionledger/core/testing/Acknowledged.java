package org.sessionledger.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;

/** What the senders of a ledger were told, over all its lives. */
public final class Acknowledged {

  private final List<Told> told = new ArrayList<>();
  private long untold;
  private long refused;
  private Throwable givenUp;

  public synchronized void add(Told decision) {
    told.add(decision);
    notifyAll();
  }

  /** Somebody was told to come again. */
  public synchronized void refused() {
    refused++;
    notifyAll();
  }

  /** Waits until so many more were told. */
  public synchronized void awaitMore(int decisions) {
    int until = told.size() + decisions;
    await(() -> told.size() >= until);
  }

  /** Waits until so many more times somebody was told to come again. */
  public synchronized void awaitRefused(int times) {
    long until = refused + times;
    await(() -> refused >= until);
  }

  /** Nothing more will come: whoever waits for it fails. */
  public synchronized void giveUp(Throwable why) {
    givenUp = why;
    notifyAll();
  }

  private void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        if (givenUp != null) {
          throw new AssertionError("a sender failed", givenUp);
        }
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Arrivals of which nobody was told: they may have been decided, or not. */
  public synchronized void untold(long arrivals) {
    untold += arrivals;
  }

  /** How many were told a verdict. */
  public synchronized long count(Verdict verdict) {
    return told.stream().filter(each -> each.is(verdict)).count();
  }

  /**
   * Everything is there as it was told, counts included, and the whole ledger holds together.
   *
   * @return its totals
   */
  public synchronized Stats assertKept(Ledger ledger) {
    Stats stats = LedgerAudit.verify(ledger);
    assertThat(stats.arrivals()).isBetween((long) told.size(), told.size() + untold);
    Map<String, String> accepted = accepted(ledger);
    Map<String, Long> refusals = new HashMap<>();
    Map<String, String> reasons = new HashMap<>();
    for (Told each : told) {
      if (each.is(Verdict.ACCEPTED)) {
        assertThat(accepted).containsEntry(each.commandId(), each.place());
      } else if (each.is(Verdict.REJECTED)) {
        refusals.merge(each.decisionId(), 1L, Long::sum);
        reasons.put(each.decisionId(), each.place());
      }
    }
    long acceptances = count(Verdict.ACCEPTED);
    long duplicates = count(Verdict.DUPLICATE);
    assertThat(stats.accepted()).isBetween(acceptances, acceptances + untold);
    assertThat(stats.duplicates()).isBetween(duplicates, duplicates + untold);
    for (Map.Entry<String, Long> each : refusals.entrySet()) {
      LoggedDecision line = ledger.reader().decision(each.getKey()).orElseThrow();
      assertThat(line.count()).isBetween(each.getValue(), each.getValue() + untold);
      assertThat(line.decisionId() + "/" + line.refusal().reason().code())
          .isEqualTo(reasons.get(each.getKey()));
    }
    return stats;
  }

  /**
   * For senders that did not rest before each command was decided: besides, nothing is in the
   * ledger that its sender does not know of, and nothing twice.
   *
   * @return its totals
   */
  public synchronized Stats assertKeptAndNothingElse(Ledger ledger) {
    Stats stats = assertKept(ledger);
    Set<String> known = new HashSet<>();
    for (Told each : told) {
      if (each.is(Verdict.ACCEPTED)) {
        assertThat(known.add(each.commandId())).as("accepted once: %s", each).isTrue();
      }
    }
    for (Told each : told) {
      if (each.is(Verdict.DUPLICATE)) {
        known.add(each.commandId());
      }
    }
    assertThat(known).containsAll(accepted(ledger).keySet());
    return stats;
  }

  /** For the output of a long test: how much it was. */
  @Override
  public synchronized String toString() {
    return told.size()
        + " decisions told (accepted "
        + count(Verdict.ACCEPTED)
        + ", duplicates "
        + count(Verdict.DUPLICATE)
        + ", refused "
        + count(Verdict.REJECTED)
        + "), asked to come again "
        + refused
        + " times, "
        + untold
        + " arrivals without an answer";
  }

  private static Map<String, String> accepted(Ledger ledger) {
    Map<String, String> accepted = new HashMap<>();
    LedgerAudit.pages(
        ledger.reader(),
        page -> {
          for (RecordedEvent event : page) {
            accepted.put(
                event.commandId().value(), event.version() + "@" + event.event().sessionKey());
          }
        });
    return accepted;
  }
}
