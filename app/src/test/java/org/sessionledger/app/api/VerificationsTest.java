package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.Order;

/** Verifications come one at a time, and views are checked when the events are intact. */
class VerificationsTest {

  @TempDir private Path folder;

  @Test
  void another_one_is_refused_while_one_is_under_way() {
    try (Ledger ledger = Ledger.open(folder)) {
      Order.open("k", "s-1").to(ledger);
      Verifications verifications = new Verifications(List.of());
      List<ApiProblem> problems = new ArrayList<>();
      Verification.Progress meanwhile =
          (part, done, total) -> {
            CompletionException refused =
                catchThrowableOfType(
                    CompletionException.class,
                    () ->
                        CompletableFuture.runAsync(
                                () ->
                                    verifications.verify(
                                        ledger.dataSource(), null, Verification.Progress.NONE))
                            .join());
            problems.add((ApiProblem) refused.getCause());
          };
      assertThat(verifications.verify(ledger.dataSource(), null, meanwhile).path("intact"))
          .isEqualTo(JsonNodeFactory.instance.booleanNode(true));
      assertThat(problems).extracting(ApiProblem::status).contains(409);
      assertThat(verifications.verify(ledger.dataSource(), null, Verification.Progress.NONE))
          .isNotNull();
    }
  }

  @Test
  void a_view_that_differs_is_a_difference_and_is_asked_only_of_intact_events() {
    try (Ledger ledger = Ledger.open(folder)) {
      Order.open("k", "s-1").to(ledger);
      List<Boolean> answers = new ArrayList<>(List.of(true, false));
      ViewCheck view =
          progress ->
              JsonNodeFactory.instance
                  .objectNode()
                  .put("name", "status")
                  .put("intact", answers.remove(0));
      Verifications verifications = new Verifications(List.of(view));
      assertThat(intact(verifications, ledger)).isTrue();
      assertThat(intact(verifications, ledger)).isFalse();
      LedgerAudit.execute(ledger.dataSource(), "UPDATE ledger_events SET hash = 'x'");
      // There is no further answer.
      assertThat(intact(verifications, ledger)).isFalse();
    }
  }

  private static boolean intact(Verifications verifications, Ledger ledger) {
    JsonNode document = verifications.verify(ledger.dataSource(), null, Verification.Progress.NONE);
    return document.path("intact").booleanValue();
  }
}
