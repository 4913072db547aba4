package org.sessionledger.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceModelTest {

  private static final String ROCKET = "\uD83D\uDE80";

  private final ReferenceModel model = new ReferenceModel();
  private int made;

  // Opening

  @Test
  void openingGivesGenerationOneAndIsIdle() {
    ReferenceDecision decision = accepted("OpenSession", "sessionId", "s-1");
    assertEquals(
        new ReferenceDecision("accepted", null, null, "k", "s-1", 1L, 1L, "idle", 0, null, null),
        decision);
    assertEquals(
        List.of(
            new ReferenceEvent(
                1, "k", 1, "SessionOpened", 1, "s-1", null, null, List.of(), List.of())),
        model.events());
  }

  @Test
  void openingWithoutSessionIdMakesOneUp() {
    assertEquals("made-1", accepted("OpenSession").sessionId());
  }

  @Test
  void openingAgainIsADuplicateWithTheSameIdOrNoneAndRejectedWithAnother() {
    open();
    duplicate("OpenSession", "sessionId", "s-1");
    duplicate("OpenSession");
    ReferenceDecision refusal = rejected("already-open", "OpenSession", "sessionId", "s-2");
    assertEquals("s-1", refusal.sessionId());
    assertEquals(1, model.events().size());
  }

  @Test
  void anotherRunPolicyOnAnOpenSessionDoesNotChangeIt() {
    open();
    duplicate("OpenSession", "runPolicy", "single");
    start("r-1");
    start("r-2");
  }

  @Test
  void anOldIdOfAnOpenSessionIsAnotherId() {
    open();
    accepted("ResetSession", "newSessionId", "s-2");
    rejected("already-open", "OpenSession", "sessionId", "s-1");
    duplicate("OpenSession", "sessionId", "s-2");
  }

  @Test
  void keysAreNeverTrimmedFoldedOrNormalised() {
    for (String key : List.of("a", "A", "a ", ".", "..", "caf\u00e9", "cafe\u0301", "x/y#%2F")) {
      accepted("OpenSession", "sessionKey", key);
    }
    assertEquals(8, model.sessionKeys().size());
  }

  @Test
  void everyOtherCommandOnAnUnknownKeyIsUnknownSession() {
    ReferenceDecision refusal = rejected("unknown-session", "ResetSession");
    assertNull(refusal.generation());
    assertNull(refusal.status());
    rejected("unknown-session", "StartRun", "runId", "r-1");
    rejected("unknown-session", "CloseSession");
    rejected("unknown-session", "ReopenSession");
    rejected("unknown-session", "InterruptRuns", "instance", "gw-1");
    rejected("unknown-session", "ForkSession", "newSessionKey", "k2");
  }

  // Runs

  @Test
  void aRunStartsProgressesAndEnds() {
    open();
    ReferenceDecision started = start("r-1");
    assertEquals("running", started.status());
    assertEquals(1, started.activeRuns());
    accepted("ReportProgress", "runId", "r-1", "tokens", 5);
    assertEquals("done", accepted("CompleteRun", "runId", "r-1").status());
    assertEquals(0, session().activeRuns());
    assertEquals(new ReferenceSession.LastRun("r-1", 1, "done", null, null), session().lastRun());
  }

  @Test
  void theStatusFollowsTheLastEventThatEndedARun() {
    open();
    start("r-1");
    start("r-2");
    assertEquals("running", accepted("FailRun", "runId", "r-2").status());
    assertEquals("aborted", accepted("AbortRun", "runId", "r-1").status());
  }

  @Test
  void anUnknownRunThatNamesNoGenerationIsUnknownGeneration() {
    open();
    rejected("unknown-generation", "StartRun", "runId", "r-1");
    rejected("unknown-generation", "StartRun", "runId", "r-1", "attempt", 3);
    accepted("StartRun", "runId", "r-1", "generation", 1);
    duplicate("StartRun", "runId", "r-1");
  }

  @Test
  void anUnknownRunMustNotStartAboveAttemptOne() {
    open();
    assertEquals(
        "attempt",
        rejected("invalid", "StartRun", "runId", "r-1", "sessionId", "s-1", "attempt", 2).field());
    accepted("StartRun", "runId", "r-1", "sessionId", "s-1", "attempt", 1);
  }

  @Test
  void theNextAttemptReplacesAnOpenOne() {
    open();
    start("r-1");
    ReferenceDecision next = accepted("StartRun", "runId", "r-1", "attempt", 2);
    assertEquals(1, next.activeRuns());
    assertEquals("superseded", run("r-1", 1).status());
    assertEquals("running", run("r-1", 2).status());
    rejected("attempt-superseded", "CompleteRun", "runId", "r-1", "attempt", 1);
    rejected("attempt-superseded", "StartRun", "runId", "r-1", "attempt", 1);
    duplicate("StartRun", "runId", "r-1", "attempt", 2);
    assertEquals("attempt", rejected("invalid", "StartRun", "runId", "r-1", "attempt", 4).field());
  }

  @Test
  void aFailedRunIsRetriedUnderTheSameName() {
    open();
    start("r-1");
    accepted("FailRun", "runId", "r-1", "errorKind", "timeout", "errorMessage", "slow");
    assertEquals("slow", session().lastRun().errorMessage());
    rejected("run-ended", "StartRun", "runId", "r-1", "attempt", 1);
    accepted("StartRun", "runId", "r-1");
    assertEquals("running", run("r-1", 2).status());
    rejected("run-ended", "StartRun", "runId", "r-1", "attempt", 1);
  }

  @Test
  void aCompletedOrAbortedRunNeedsTheNextAttemptByNumber() {
    open();
    start("r-1");
    accepted("AbortRun", "runId", "r-1");
    rejected("run-ended", "StartRun", "runId", "r-1");
    accepted("StartRun", "runId", "r-1", "attempt", 2);
    accepted("CompleteRun", "runId", "r-1");
    rejected("run-ended", "StartRun", "runId", "r-1");
    rejected("run-ended", "StartRun", "runId", "r-1", "attempt", 2);
    accepted("StartRun", "runId", "r-1", "attempt", 3);
  }

  @Test
  void whatComesBeforeTheStartIsAnUnknownRun() {
    open();
    rejected("unknown-run", "ReportProgress", "runId", "r-1", "sessionId", "s-1");
    rejected("unknown-run", "CompleteRun", "runId", "r-1");
    start("r-1");
    rejected("unknown-run", "FailRun", "runId", "r-1", "attempt", 2);
  }

  @Test
  void terminalIsFinalAndTheSameEndIsADuplicateWhateverItsTexts() {
    open();
    start("r-1");
    accepted("FailRun", "runId", "r-1", "errorMessage", "one");
    duplicate("FailRun", "runId", "r-1", "errorMessage", "two");
    rejected("run-ended", "CompleteRun", "runId", "r-1");
    rejected("run-ended", "ReportProgress", "runId", "r-1");
    assertEquals("one", session().lastRun().errorMessage());
  }

  @Test
  void aLongErrorMessageIsCutInCodePoints() {
    open();
    start("r-1");
    accepted("FailRun", "runId", "r-1", "errorMessage", ROCKET.repeat(65_537));
    assertEquals(ROCKET.repeat(65_536), session().lastRun().errorMessage());
  }

  @Test
  void theSinglePolicyTakesOneOpenRun() {
    accepted("OpenSession", "sessionId", "s-1", "runPolicy", "single");
    start("r-1");
    rejected("run-active", "StartRun", "runId", "r-2", "sessionId", "s-1");
    accepted("StartRun", "runId", "r-1", "attempt", 2);
    accepted("FailRun", "runId", "r-1");
    start("r-2");
    rejected("run-active", "StartRun", "runId", "r-1");
  }

  @Test
  void aThousandOpenRunsAreTheMost() {
    open();
    start("r-0");
    accepted("CompleteRun", "runId", "r-0");
    for (int i = 1; i <= 1_000; i++) {
      start("r-" + i);
    }
    rejected("too-many-runs", "StartRun", "runId", "r-1001", "sessionId", "s-1");
    rejected("too-many-runs", "StartRun", "runId", "r-0", "attempt", 2);
    accepted("StartRun", "runId", "r-5", "attempt", 2);
    accepted("AbortRun", "runId", "r-7");
    start("r-1001");
  }

  // Generations

  @Test
  void aResetSupersedesItsRunsAndBeginsBlank() {
    open();
    start("r-0");
    accepted("FailRun", "runId", "r-0");
    start("r-1");
    start("r-2");
    ReferenceDecision reset = accepted("ResetSession", "newSessionId", "s-2");
    assertEquals("s-2", reset.sessionId());
    assertEquals(2L, reset.generation());
    assertEquals("idle", reset.status());
    assertEquals(0, reset.activeRuns());
    assertNull(session().lastRun());
    assertEquals(List.of("r-1", "r-2"), lastEvent().supersededRuns());
    assertEquals("superseded", run("r-1", 1).status());
    assertEquals("failed", run("r-0", 1).status());
  }

  @Test
  void anOldGenerationIsStaleByIdByNumberAndByBoth() {
    open();
    start("r-1");
    accepted("ResetSession", "newSessionId", "s-2");
    for (String type : List.of("StartRun", "ReportProgress", "CompleteRun", "FailRun")) {
      rejected("stale-generation", type, "runId", "r-1", "sessionId", "s-1");
      rejected("stale-generation", type, "runId", "r-9", "generation", 1);
    }
    rejected("stale-generation", "AbortRun", "runId", "r-1", "generation", 1, "sessionId", "s-1");
    rejected("stale-generation", "CompactSession", "sessionId", "s-1");
    rejected("stale-generation", "BeginCompaction", "generation", 1, "compactionId", "c");
    assertEquals(3, model.events().size());
  }

  @Test
  void theOwnerDecidesWhetherOrNotASessionIdIsNamed() {
    open();
    start("r-1");
    accepted("ResetSession", "newSessionId", "s-2");
    rejected("run-superseded", "CompleteRun", "runId", "r-1");
    rejected("run-superseded", "CompleteRun", "runId", "r-1", "sessionId", "s-2");
    rejected("run-superseded", "StartRun", "runId", "r-1");
    rejected("run-superseded", "StartRun", "runId", "r-1", "sessionId", "s-2");
    rejected("run-superseded", "StartRun", "runId", "r-1", "attempt", 2);
    rejected("run-superseded", "StartRun", "runId", "r-1", "attempt", 3, "generation", 2);
    accepted("StartRun", "runId", "r-1", "attempt", 2, "generation", 2);
    assertEquals(List.of(2L), run("r-1", 2).generations());
    assertEquals(1, run("r-1", 1).generation());
    accepted("CompleteRun", "runId", "r-1");
  }

  @Test
  void ofARunThatEndedInAnEndedGenerationTheOwnerIsJudgedFirst() {
    open();
    start("r-1");
    accepted("CompleteRun", "runId", "r-1");
    accepted("ResetSession");
    rejected("run-superseded", "CompleteRun", "runId", "r-1");
    rejected("run-superseded", "ReportProgress", "runId", "r-1");
  }

  @Test
  void aMismatchTakesTwoThatExist() {
    open();
    accepted("ResetSession", "newSessionId", "s-2");
    Object[] run = {"runId", "r-1"};
    rejected("generation-mismatch", "StartRun", with(run, "sessionId", "s-1", "generation", 2));
    rejected("generation-mismatch", "StartRun", with(run, "sessionId", "s-2", "generation", 1));
    rejected("unknown-generation", "StartRun", with(run, "sessionId", "s-9", "generation", 2));
    rejected("unknown-generation", "StartRun", with(run, "sessionId", "s-2", "generation", 3));
    rejected("unknown-generation", "StartRun", with(run, "sessionId", "s-9"));
    rejected("unknown-generation", "StartRun", with(run, "generation", 3));
    accepted("StartRun", with(run, "sessionId", "s-2", "generation", 2));
  }

  @Test
  void aResetInPlaceRotatesAllTheSame() {
    open();
    start("r-1");
    ReferenceDecision reset = accepted("ResetSession", "newSessionId", "s-1");
    assertEquals("s-1", reset.sessionId());
    assertEquals(2L, reset.generation());
    rejected("run-superseded", "CompleteRun", "runId", "r-1", "sessionId", "s-1");
    rejected("stale-generation", "CompleteRun", "runId", "r-1", "generation", 1);
    rejected("stale-generation", "StartRun", "runId", "r", "generation", 1, "sessionId", "s-1");
    accepted("StartRun", "runId", "r-2", "sessionId", "s-1");
    assertEquals(2, run("r-2", 1).generation());
  }

  @Test
  void aRetiredIdNeverBecomesCurrentAgain() {
    open();
    accepted("ResetSession", "newSessionId", "s-2");
    rejected("session-id-reused", "ResetSession", "newSessionId", "s-1");
    rejected("session-id-reused", "CompactSession", "newSessionId", "s-1");
    rejected("session-id-reused", "RestoreSession", "fromGeneration", 1, "newSessionId", "s-1");
  }

  @Test
  void aFailedPreconditionProtectsTheSuccessor() {
    open();
    accepted("ResetSession", "expectedSessionId", "s-1", "newSessionId", "s-2");
    for (String type : List.of("ResetSession", "CloseSession")) {
      rejected("expected-generation", type, "expectedSessionId", "s-1");
      rejected("expected-generation", type, "expectedGeneration", 1);
      rejected("expected-generation", type, "expectedGeneration", 7);
      rejected("expected-generation", type, "expectedGeneration", 1, "expectedSessionId", "s-2");
    }
    rejected("expected-generation", "RestoreSession", "fromGeneration", 9, "expectedGeneration", 1);
    rejected(
        "expected-generation", "MigrateSession", "newSessionKey", "m", "expectedGeneration", 1);
    accepted("ResetSession", "expectedGeneration", 2, "expectedSessionId", "s-2");
  }

  @Test
  void aRestoreBeginsANewBlankGeneration() {
    open();
    start("r-1");
    rejected("unknown-generation", "RestoreSession", "fromGeneration", 2);
    ReferenceDecision restored = accepted("RestoreSession", "fromGeneration", 1);
    assertEquals(2L, restored.generation());
    assertEquals("idle", restored.status());
    assertEquals(List.of("r-1"), lastEvent().supersededRuns());
    accepted("RestoreSession", "fromGeneration", 1, "newSessionId", restored.sessionId());
    assertEquals(3, session().generation());
  }

  // Compactions

  @Test
  void aCompactionCarriesAllOpenRunsUnlessToldOtherwise() {
    open();
    start("r-1");
    start("r-2");
    start("r-3");
    accepted("CompleteRun", "runId", "r-2");
    ReferenceDecision compacted = accepted("CompactSession", "newSessionId", "s-2");
    assertEquals("running", compacted.status());
    assertEquals(2, compacted.activeRuns());
    assertEquals(List.of("r-1", "r-3"), lastEvent().carriedRuns());
    assertEquals(List.of(1L, 2L), run("r-1", 1).generations());
    rejected("stale-generation", "CompleteRun", "runId", "r-1", "sessionId", "s-1");
    rejected("run-superseded", "CompleteRun", "runId", "r-2");
    accepted("CompleteRun", "runId", "r-1");
    accepted("CompleteRun", "runId", "r-3", "sessionId", "s-2");
  }

  @Test
  void whatIsNotCarriedIsSupersededAndTwiceIsOnce() {
    open();
    start("r-1");
    start("r-2");
    accepted("CompactSession", "carryRuns", List.of("r-2", "r-2"));
    assertEquals(List.of("r-2"), lastEvent().carriedRuns());
    assertEquals(List.of("r-1"), lastEvent().supersededRuns());
    rejected("run-superseded", "CompleteRun", "runId", "r-1");
  }

  @Test
  void aBadCarriedRunRefusesTheWholeCommandAndTheFirstDecides() {
    open();
    start("old");
    accepted("ResetSession", "newSessionId", "s-2");
    accepted("StartRun", "runId", "open", "generation", 2);
    accepted("StartRun", "runId", "ended", "generation", 2);
    accepted("FailRun", "runId", "ended");
    accepted("StartRun", "runId", "lost", "generation", 2, "source", instance("gw-1"));
    accepted("InterruptRuns", "instance", "gw-1");
    rejected("unknown-run", "CompactSession", "carryRuns", List.of("open", "no", "ended"));
    rejected("run-ended", "CompactSession", "carryRuns", List.of("ended", "no"));
    rejected("run-ended", "CompactSession", "carryRuns", List.of("lost"));
    rejected("run-superseded", "CompactSession", "carryRuns", List.of("old", "no"));
    rejected("unknown-run", "CompactSession", "carryRuns", List.of("no"), "newSessionId", "s-1");
    accepted("CompactSession", "carryRuns", List.of("open"));
  }

  @Test
  void aCompactionThatCarriesNothingLeavesStatusAndLastRunAsTheyWere() {
    open();
    start("r-1");
    accepted("FailRun", "runId", "r-1", "errorMessage", "boom");
    assertEquals("failed", accepted("CompactSession").status());
    assertEquals("boom", session().lastRun().errorMessage());
    accepted("StartRun", "runId", "r-2", "generation", 2);
    assertEquals("failed", accepted("CompactSession", "carryRuns", List.of()).status());
    assertEquals("superseded", run("r-2", 1).status());
    assertEquals("r-1", session().lastRun().runId());
  }

  @Test
  void aBegunCompactionCompletesOnce() {
    open();
    accepted("BeginCompaction", "compactionId", "c-1");
    assertEquals(1L, lastEvent().attempt());
    duplicate("BeginCompaction", "compactionId", "c-1");
    accepted("CompactSession", "compactionId", "c-1");
    duplicate("CompactSession", "compactionId", "c-1", "carryRuns", List.of("no"));
    rejected("compaction-superseded", "BeginCompaction", "compactionId", "c-1");
    rejected("compaction-superseded", "AbandonCompaction", "compactionId", "c-1");
    rejected("stale-generation", "CompactSession", "compactionId", "c-1", "sessionId", "s-1");
  }

  @Test
  void beginningIsOptional() {
    open();
    accepted("CompactSession", "compactionId", "c-1");
    duplicate("CompactSession", "compactionId", "c-1");
    rejected("compaction-superseded", "AbandonCompaction", "compactionId", "c-2");
  }

  @Test
  void anotherCompactionOrARotationOvertakesTheBegunOne() {
    open();
    accepted("BeginCompaction", "compactionId", "c-1");
    accepted("BeginCompaction", "compactionId", "c-2");
    rejected("compaction-superseded", "CompactSession", "compactionId", "c-1");
    accepted("ResetSession");
    rejected("compaction-superseded", "CompactSession", "compactionId", "c-2");
    rejected("compaction-superseded", "BeginCompaction", "compactionId", "c-2");
    rejected("compaction-superseded", "AbandonCompaction", "compactionId", "c-2");
    accepted("BeginCompaction", "compactionId", "c-3");
    accepted("CompactSession");
    rejected("compaction-superseded", "CompactSession", "compactionId", "c-3");
    accepted("BeginCompaction", "compactionId", "c-4");
    accepted("CompactSession", "compactionId", "c-5");
    rejected("compaction-superseded", "CompactSession", "compactionId", "c-4");
  }

  @Test
  void anAbandonedCompactionMayBeBegunAgain() {
    open();
    accepted("BeginCompaction", "compactionId", "c-1");
    accepted("AbandonCompaction", "compactionId", "c-1");
    rejected("compaction-superseded", "AbandonCompaction", "compactionId", "c-1");
    rejected("compaction-superseded", "CompactSession", "compactionId", "c-1");
    accepted("BeginCompaction", "compactionId", "c-1");
    assertEquals(2L, lastEvent().attempt());
    accepted("CompactSession", "compactionId", "c-1");
  }

  // Interruptions

  @Test
  void theOpenRunsOfADeadInstanceAreInterruptedInTheOrderOfTheirStarts() {
    open();
    accepted("OpenSession", "sessionKey", "k2", "sessionId", "s-1");
    startBy("k", "r-1", "gw-1");
    startBy("k2", "r-2", "gw-1");
    startBy("k", "r-3", "gw-1");
    startBy("k", "r-4", "gw-2");
    ReferenceDecision decision = decide(without("sessionKey", "InterruptRuns", "gw-1"));
    assertEquals(
        new ReferenceDecision("accepted", null, null, null, null, null, null, null, null, 2, 3),
        decision);
    assertEquals(
        List.of("r-1", "r-2", "r-3"),
        model.events().subList(6, 9).stream().map(ReferenceEvent::runId).toList());
    assertEquals("running", session().status());
    assertEquals("interrupted", model.session("k2").status());
    ReferenceDecision nothing = decide(without("sessionKey", "InterruptRuns", "gw-1"));
    assertEquals("accepted", nothing.verdict());
    assertEquals(0, nothing.runs());
    duplicate("InterruptRuns", "instance", "gw-1");
    accepted("InterruptRuns", "instance", "gw-2");
    assertEquals(10, model.arrivals());
  }

  @Test
  void theInstanceIsThatOfTheLastAcceptedStart() {
    open();
    startBy("k", "r-1", "gw-1");
    duplicate("StartRun", "runId", "r-1", "source", instance("gw-2"));
    duplicate("InterruptRuns", "instance", "gw-2");
    accepted("StartRun", "runId", "r-1", "attempt", 2, "source", instance("gw-2"));
    duplicate("InterruptRuns", "instance", "gw-1");
    accepted("InterruptRuns", "instance", "gw-2");
  }

  @Test
  void aRenewalInBetweenWins() {
    open();
    start("r-1");
    accepted("ReportProgress", "runId", "r-1");
    Object[] one = {"runId", "r-1"};
    duplicate("InterruptRuns", with(one, "lastRenewedVersion", 2));
    duplicate("InterruptRuns", with(one, "lastRenewedVersion", 4));
    rejected("unknown-run", "InterruptRuns", with(one, "attempt", 2));
    accepted("CompactSession");
    duplicate("InterruptRuns", with(one, "lastRenewedVersion", 4));
    accepted("InterruptRuns", with(one, "lastRenewedVersion", 3, "attempt", 1));
    duplicate("InterruptRuns", one);
    rejected("unknown-run", "InterruptRuns", "runId", "r-9");
  }

  @Test
  void anInterruptionIsPresumedAndTheRealEndCorrectsIt() {
    open();
    start("r-1");
    accepted("InterruptRuns", "runId", "r-1");
    assertEquals("interrupted", session().status());
    rejected("run-ended", "ReportProgress", "runId", "r-1");
    assertEquals("done", accepted("CompleteRun", "runId", "r-1").status());
    duplicate("CompleteRun", "runId", "r-1");
    rejected("run-ended", "AbortRun", "runId", "r-1");
    duplicate("InterruptRuns", "runId", "r-1");
  }

  @Test
  void anInterruptedRunIsRetriedAsAfterAFailure() {
    open();
    start("r-1");
    accepted("InterruptRuns", "runId", "r-1");
    accepted("StartRun", "runId", "r-1");
    assertEquals("running", run("r-1", 2).status());
    rejected("attempt-superseded", "StartRun", "runId", "r-1", "attempt", 1);
    rejected("attempt-superseded", "CompleteRun", "runId", "r-1", "attempt", 1);
  }

  @Test
  void theRealEndAfterAResetComesTooLate() {
    open();
    start("r-1");
    accepted("InterruptRuns", "runId", "r-1");
    accepted("ResetSession");
    rejected("run-superseded", "CompleteRun", "runId", "r-1");
  }

  // Ended keys, forks and migrations

  @Test
  void aClosedSessionTakesNothingButItsReopening() {
    open();
    start("r-1");
    assertEquals("closed", accepted("CloseSession").status());
    assertEquals(List.of("r-1"), lastEvent().supersededRuns());
    assertEquals(0, session().activeRuns());
    duplicate("CloseSession", "expectedSessionId", "nonsense");
    rejected("session-closed", "OpenSession");
    rejected("session-closed", "OpenSession", "sessionId", "s-2");
    rejected("session-closed", "CompleteRun", "runId", "r-1");
    rejected("session-closed", "InterruptRuns", "instance", "gw-1");
    rejected("session-id-reused", "ReopenSession", "newSessionId", "s-1");
    rejected("expected-generation", "ReopenSession", "expectedGeneration", 2);
    ReferenceDecision reopened = accepted("ReopenSession", "expectedGeneration", 1);
    assertEquals(2L, reopened.generation());
    assertEquals("idle", reopened.status());
    rejected("run-superseded", "CompleteRun", "runId", "r-1");
    rejected("already-open", "ReopenSession", "expectedGeneration", 1);
  }

  @Test
  void aForkLeavesTheSourceAndOpensTheOther() {
    accepted("OpenSession", "sessionId", "s-1", "runPolicy", "single");
    start("r-1");
    ReferenceDecision fork = accepted("ForkSession", "newSessionKey", "f", "newSessionId", "s-1");
    assertEquals("k", fork.sessionKey());
    assertEquals(3L, fork.version());
    assertEquals("running", fork.status());
    assertEquals("SessionForked", model.events().get(2).type());
    assertEquals("SessionOpened", lastEvent().type());
    assertEquals(1, model.session("f").generation());
    assertEquals("idle", model.session("f").status());
    accepted("StartRun", "sessionKey", "f", "runId", "r-1", "sessionId", "s-1");
    rejected("run-active", "StartRun", "sessionKey", "f", "runId", "r", "generation", 1);
    rejected("already-open", "ForkSession", "newSessionKey", "f", "fromGeneration", 9);
    rejected("unknown-generation", "ForkSession", "newSessionKey", "g", "fromGeneration", 2);
    assertEquals("newSessionKey", rejected("invalid", "ForkSession", "newSessionKey", "k").field());
  }

  @Test
  void aMigratedKeyIsAtItsEnd() {
    open();
    start("r-1");
    ReferenceDecision moved = accepted("MigrateSession", "newSessionKey", "m");
    assertEquals("migrated", moved.status());
    assertEquals(1L, moved.generation());
    assertEquals("superseded", run("r-1", 1).status());
    assertEquals("made-1", model.session("m").sessionId());
    for (String type : List.of("OpenSession", "ResetSession", "CloseSession", "ReopenSession")) {
      rejected("session-migrated", type);
    }
    rejected("session-migrated", "CompleteRun", "runId", "r-1");
    rejected("unknown-run", "CompleteRun", "sessionKey", "m", "runId", "r-1");
    rejected("already-open", "ForkSession", "sessionKey", "m", "newSessionKey", "k");
    rejected("invalid", "MigrateSession", "newSessionKey", "k");
  }

  // Command ids, counting, dry runs

  @Test
  void anAcceptedCommandIdGivesTheFirstAnswerAgainForEver() {
    open();
    ReferenceDecision first =
        accepted("StartRun", "commandId", "c", "runId", "r-1", "sessionId", "s-1");
    accepted("ResetSession");
    ReferenceDecision again =
        decide(
            command("StartRun", "commandId", "c", "runId", "r-1", "sessionId", "s-1")
                .put("occurredAt", "2020-01-01T00:00:00Z")
                .put("reason", "again")
                .put("actor", "bob")
                .put("inferred", true));
    assertEquals(first.asDuplicate(), again);
    assertEquals("running", again.status());
    assertEquals(3, model.events().size());
  }

  @Test
  void anAcceptedCommandIdWithOtherContentIsReused() {
    open();
    accepted("StartRun", "commandId", "c", "runId", "r-1", "sessionId", "s-1");
    rejected("command-id-reused", "StartRun", "commandId", "c", "runId", "r-2", "generation", 1);
    rejected("command-id-reused", "CompleteRun", "commandId", "c", "runId", "r-1");
    rejected("command-id-reused", "OpenSession", "sessionKey", "other", "commandId", "c");
    accepted("FailRun", "commandId", "d", "runId", "r-1", "errorMessage", "a");
    duplicate("FailRun", "commandId", "d", "runId", "r-1", "errorMessage", "b");
  }

  @Test
  void onlyAcceptedCommandsAreRememberedByTheirId() {
    rejected("unknown-session", "ResetSession", "commandId", "c");
    open();
    duplicate("OpenSession", "commandId", "c");
    accepted("ResetSession", "commandId", "c");
    duplicate("ResetSession", "commandId", "c");
    assertEquals(2, session().generation());
  }

  @Test
  void everyArrivalIsCountedOnce() {
    open();
    duplicate("OpenSession");
    rejected("unknown-run", "CompleteRun", "runId", "r");
    rejected("invalid", "CompleteRun");
    assertEquals("invalid", model.decide(JsonNodeFactory.instance.arrayNode(), null).reason());
    assertEquals("invalid", model.decide(null, null).reason());
    assertEquals(6, model.arrivals());
    assertEquals(1, model.accepted());
    assertEquals(1, model.duplicates());
    assertEquals(4, model.rejected());
    assertEquals(Map.of("unknown-run", 1L, "invalid", 3L), model.rejectedByReason());
  }

  @Test
  void aDryRunDecidesAndChangesNothing() {
    open();
    start("r-1");
    ReferenceDecision dry =
        decide(command("ResetSession", "dryRun", true, "newSessionId", "s-2", "commandId", "c"));
    assertEquals("accepted", dry.verdict());
    assertEquals(2L, dry.generation());
    assertEquals("unknown-run", decide(command("AbortRun", "dryRun", true, "runId", "x")).reason());
    decide(command("ForkSession", "dryRun", true, "newSessionKey", "f"));
    assertEquals(2, model.arrivals());
    assertEquals(2, model.events().size());
    assertEquals(List.of("k"), model.sessionKeys());
    assertEquals("running", session().status());
    accepted("CloseSession", "commandId", "c");
  }

  @Test
  void aRefusalTellsWhatIsCurrentAndLeavesNoTrace() {
    open();
    start("r-1");
    accepted("ResetSession", "newSessionId", "s-2");
    ReferenceSession before = session();
    assertEquals(
        new ReferenceDecision(
            "rejected", "stale-generation", null, "k", "s-2", 2L, 3L, "idle", 0, null, null),
        decide(command("FailRun", "runId", "r-1", "sessionId", "s-1", "errorMessage", "late")));
    assertEquals(before, session());
  }

  @Test
  void noTimestampDecidesAnything() {
    open();
    accepted("StartRun", "runId", "r-1", "generation", 1, "occurredAt", "2031-01-01T00:00:00Z");
    accepted("CompleteRun", "runId", "r-1", "occurredAt", "1999-01-01T00:00:00.123Z");
  }

  // Shapes and limits

  @Test
  void unknownTypesAndUnknownFieldsAreInvalid() {
    badField("type", "DropSession");
    badField("type", "resetsession");
    badField("expectedSesionId", "ResetSession", "expectedSesionId", "s-1");
    badField("runId", "ResetSession", "runId", "r-1");
    badField("newSessionId", "CloseSession", "newSessionId", "s-2");
    badField("sessionId", "InterruptRuns", "instance", "gw", "sessionId", "s-1");
    badField(null, "OpenSession", "source", Map.of("pid", "1"));
    badField("type", null);
  }

  @Test
  void missingFieldsAreInvalidAndNullIsAbsent() {
    badField("runId", "StartRun");
    badField("runId", "StartRun", "runId", null);
    badField("sessionKey", "OpenSession", "sessionKey", null);
    badField("compactionId", "BeginCompaction");
    badField("fromGeneration", "RestoreSession");
    badField("newSessionKey", "MigrateSession");
    accepted("OpenSession", "sessionId", null, "source", null, "dryRun", null);
  }

  @Test
  void theTwoFormsOfInterruptRunsDoNotMix() {
    badField(null, "InterruptRuns");
    badField("instance", "InterruptRuns", "instance", "gw", "runId", "r-1");
    badField(null, "InterruptRuns", "instance", "gw", "lastRenewedVersion", 3);
    badField("sessionKey", "InterruptRuns", "sessionKey", null, "runId", "r-1");
  }

  @Test
  void wrongTypesAreInvalid() {
    badField("sessionKey", "OpenSession", "sessionKey", 7);
    badField("runId", "StartRun", "runId", true);
    badField("attempt", "StartRun", "runId", "r", "attempt", "1");
    badField("attempt", "StartRun", "runId", "r", "attempt", 1.5);
    badField("inferred", "StartRun", "runId", "r", "inferred", "yes");
    badField("dryRun", "OpenSession", "dryRun", 1);
    badField("carryRuns", "CompactSession", "carryRuns", "r-1");
    badField("carryRuns", "CompactSession", "carryRuns", List.of(1));
    badField("attributes", "OpenSession", "attributes", Map.of("a", 1));
    badField("source", "OpenSession", "source", "gateway");
    badField("occurredAt", "OpenSession", "occurredAt", "yesterday");
    badField("runPolicy", "OpenSession", "runPolicy", "SINGLE");
    badField("trigger", "CompactSession", "trigger", "mood");
  }

  @Test
  void numbersOutOfRangeAreInvalid() {
    badField("attempt", "StartRun", "runId", "r", "attempt", 0);
    badField("attempt", "CompleteRun", "runId", "r", "attempt", -1);
    badField("tokens", "ReportProgress", "runId", "r", "tokens", -1);
    badField("generation", "CompleteRun", "runId", "r", "generation", 1e30);
  }

  @Test
  void textsHaveTheirLimitsInCodePoints() {
    badField("sessionKey", "OpenSession", "sessionKey", ROCKET.repeat(513));
    badField("sessionId", "OpenSession", "sessionId", ROCKET.repeat(257));
    badField("commandId", "OpenSession", "commandId", "c".repeat(257));
    badField("actor", "OpenSession", "actor", "a".repeat(257));
    badField("reason", "OpenSession", "reason", "r".repeat(4_097));
    badField("note", "ReportProgress", "runId", "r", "note", "n".repeat(4_097));
    badField("carryRuns", "CompactSession", "carryRuns", Collections.nCopies(1_001, "r"));
    badField(null, "OpenSession", "source", Map.of("instance", "i".repeat(257)));
    accepted("OpenSession", "sessionKey", ROCKET.repeat(512), "sessionId", ROCKET.repeat(256));
    accepted("OpenSession", "reason", ROCKET.repeat(4_096), "actor", "a".repeat(256));
  }

  @Test
  void attributesAreAtMostSixtyFour() {
    ObjectNode attributes = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < 64; i++) {
      attributes.put("a" + i, "");
    }
    accepted("OpenSession", "attributes", attributes);
    attributes.put("one", "more");
    badField("attributes", "OpenSession", "attributes", attributes);
  }

  @Test
  void emptyIdsKeysAndActorsAreInvalidAndAnEmptyReasonOrNoteIsNot() {
    badField("sessionKey", "OpenSession", "sessionKey", "");
    badField("sessionId", "OpenSession", "sessionId", "");
    badField("actor", "OpenSession", "actor", "");
    accepted("OpenSession", "sessionId", "s-1", "reason", "");
    start("r-1");
    accepted("ReportProgress", "runId", "r-1", "note", "");
  }

  @Test
  void controlCharactersInKeysAndLoneSurrogatesAnywhereAreInvalid() {
    badField("sessionKey", "OpenSession", "sessionKey", "a\nb");
    badField("sessionKey", "OpenSession", "sessionKey", "a\u0085b");
    badField("newSessionKey", "ForkSession", "newSessionKey", "\u0000");
    badField("sessionKey", "OpenSession", "sessionKey", "a\uD83D");
    badField("sessionId", "OpenSession", "sessionId", "\uDE80s");
    badField("reason", "OpenSession", "reason", "\uD83D ");
    badField("errorMessage", "FailRun", "runId", "r", "errorMessage", "\uD83D");
    // Category Cf is not Cc.
    accepted("OpenSession", "sessionKey", "a\u200Db", "reason", "two\nlines");
  }

  @Test
  void invalidComesBeforeTheCommandId() {
    open();
    accepted("ResetSession", "commandId", "c");
    badField("bogus", "ResetSession", "commandId", "c", "bogus", 1);
  }

  // Helpers

  private void open() {
    accepted("OpenSession", "sessionId", "s-1");
  }

  private ReferenceDecision start(String runId) {
    return accepted("StartRun", "runId", runId, "generation", session().generation());
  }

  private void startBy(String key, String runId, String instance) {
    accepted(
        "StartRun",
        "sessionKey",
        key,
        "runId",
        runId,
        "generation",
        1,
        "source",
        instance(instance));
  }

  private static Map<String, String> instance(String instance) {
    return Map.of("instance", instance);
  }

  private ReferenceSession session() {
    return model.session("k");
  }

  private ReferenceRun run(String runId, int attempt) {
    return model.runs("k").stream()
        .filter(run -> run.runId().equals(runId) && run.attempt() == attempt)
        .findFirst()
        .orElseThrow();
  }

  private ReferenceEvent lastEvent() {
    return model.events().get(model.events().size() - 1);
  }

  private ReferenceDecision accepted(String type, Object... fields) {
    int before = model.events().size();
    ReferenceDecision decision = verdict("accepted", null, type, fields);
    assertTrue(model.events().size() > before);
    return decision;
  }

  private void duplicate(String type, Object... fields) {
    int before = model.events().size();
    verdict("duplicate", null, type, fields);
    assertEquals(before, model.events().size());
  }

  private ReferenceDecision rejected(String reason, String type, Object... fields) {
    int before = model.events().size();
    ReferenceDecision decision = verdict("rejected", reason, type, fields);
    assertEquals(before, model.events().size());
    return decision;
  }

  private void badField(String field, String type, Object... fields) {
    assertEquals(field, rejected("invalid", type, fields).field());
  }

  private ReferenceDecision verdict(String verdict, String reason, String type, Object... fields) {
    ObjectNode command = command(type, fields);
    ReferenceDecision decision = decide(command);
    assertEquals(reason, decision.reason(), command::toString);
    assertEquals(verdict, decision.verdict(), command::toString);
    return decision;
  }

  private ReferenceDecision decide(JsonNode command) {
    return model.decide(command, () -> "made-" + ++made);
  }

  private static ObjectNode without(String field, String type, String instance) {
    ObjectNode command = command(type, "instance", instance);
    command.remove(field);
    return command;
  }

  private static Object[] with(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  /** A command for the session "k", unless the fields say otherwise. */
  private static ObjectNode command(String type, Object... fields) {
    ObjectNode command = JsonNodeFactory.instance.objectNode();
    command.put("type", type).put("sessionKey", "k");
    for (int i = 0; i < fields.length; i += 2) {
      command.set((String) fields[i], new ObjectMapper().valueToTree(fields[i + 1]));
    }
    return command;
  }
}
