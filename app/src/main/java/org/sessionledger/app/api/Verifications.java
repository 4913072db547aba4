package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.audit.Checkpoint;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.core.store.audit.Verified;

/** Verifications as documents; one at a time, since each takes all processors that it gets. */
final class Verifications {

  private static final double MILLISECONDS = 1_000;

  private final List<ViewCheck> views;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /**
   * @param views that are checked against the events when these are intact
   */
  Verifications(List<ViewCheck> views) {
    this.views = List.copyOf(views);
  }

  /**
   * Verifies a ledger.
   *
   * @throws ApiProblem when another verification is under way
   */
  JsonNode verify(
      DataSource dataSource, @Nullable Checkpoint then, Verification.Progress progress) {
    if (!oneAtATime.tryLock()) {
      throw new ApiProblem(
          409,
          "verification-under-way",
          "A verification is under way",
          "The ledger is being verified already; ask again when that is done.");
    }
    try {
      return document(Verification.verify(dataSource, then, progress), progress);
    } finally {
      oneAtATime.unlock();
    }
  }

  private ObjectNode document(Verified verified, Verification.Progress progress) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("intact", verified.intact());
    document.setAll((ObjectNode) Json.mapper().valueToTree(verified));
    document.put(
        "eventsPerSecond",
        Math.round(verified.events() * MILLISECONDS / Math.max(1, verified.milliseconds())));
    if (verified.intact() && !views.isEmpty()) {
      ArrayNode checked = document.putArray("views");
      views.forEach(view -> checked.add(view.check(progress)));
      checked.forEach(
          view -> document.put("intact", document.path("intact").asBoolean() && intact(view)));
    }
    return document;
  }

  private static boolean intact(JsonNode view) {
    return view.path("intact").booleanValue();
  }
}
