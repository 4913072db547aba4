package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.app.openclaw.SimulatedGateway.Truth;
import org.sessionledger.app.openclaw.SimulatedGateway.Version;
import org.sessionledger.core.session.SessionCommand.OfRun;
import org.sessionledger.core.session.Verdict;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimulatedGatewayTest {

  private static final int SEEDS = 25;
  private static final int STEPS = 120;

  @ParameterizedTest
  @EnumSource(Version.class)
  void seeds_1_to_25_no_run_is_refused_in_its_own_generation_and_no_late_report_gets_through(
      Version version) throws Exception {
    List<String> wrong = new ArrayList<>();
    try (ScratchLedger ledger = new ScratchLedger()) {
      for (long seed = 1; seed <= SEEDS; seed++) {
        SimulatedGateway gateway = new SimulatedGateway(version, seed).run(STEPS);
        RecordingReplay.replay(
            List.of(gateway.tape.recording()),
            ledger.decider(),
            judging(gateway, version + " seed " + seed + " ", wrong));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static ReplayListener judging(SimulatedGateway gateway, String name, List<String> wrong) {
    return new ReplayListener() {
      @Override
      public void decided(Translated command, Ruling ruling) {
        Truth truth = gateway.truths.get((int) command.place().line());
        boolean refused = ruling.verdict() == Verdict.REJECTED;
        boolean report = command.arrival().command() instanceof OfRun;
        if (report && truth == Truth.CURRENT && !command.projected() && refused) {
          wrong.add(name + CommandLine.of(command) + " was refused " + ruling.reason());
        }
        if (report && truth == Truth.LATE && !refused) {
          wrong.add(name + CommandLine.of(command) + " was " + ruling.verdict().code());
        }
      }
    };
  }
}
