package org.sessionledger.bench;

import java.util.List;

/** A long history that is verified in a small heap, and sessions as they were. */
final class Verifying implements Part {

  static final String EVENTS = "verify, events";
  static final String PEAK = "verify, most heap in use after a collection";
  static final String TRAVEL = "a session of 100,000 events as it was, by version";
  static final String TRAVEL_AT = "a session of 100,000 events as it was, by instant";
  static final String LIST = "10,000 sessions as they were, in pages of 1,000";
  static final String EXPORT = "bundle of 100,000 events, exported, events";
  static final String REPLAY = "bundle of 100,000 events, decided again, arrivals";

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    SmallHeap.run(
        "verify",
        VerifyChild.class,
        List.of(Integer.toString(options.events()), Integer.toString(options.windows())),
        database,
        options,
        report);
  }
}
