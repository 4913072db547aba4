package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerApi.Page;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** Asks through the API: a ledger in this process, or a server's. */
public final class ApiKnown implements Known.Source {

  private static final int NOT_FOUND = 404;

  private final LedgerApi api;

  public ApiKnown(LedgerApi api) {
    this.api = api;
  }

  @Override
  public @Nullable Known of(SessionKey key, long minVersion) {
    List<Known.Generation> generations = new ArrayList<>();
    Map<RunId, Known.Run> runs = new HashMap<>();
    try {
      all(
          page -> api.generations(key.value(), minVersion, page),
          g ->
              generations.add(
                  new Known.Generation(
                      g.path("generation").asLong(),
                      new SessionId(g.path("sessionId").asText()),
                      g.path("startedBy").path("reason").asText(null))));
      all(
          page -> api.runs(key.value(), minVersion, page),
          r -> {
            Known.Run run =
                new Known.Run(
                    r.path("generation").asLong(),
                    r.path("attempt").asLong(),
                    r.path("status").asText());
            runs.merge(
                new RunId(r.path("runId").asText()),
                run,
                (a, b) -> a.attempt() > b.attempt() ? a : b);
          });
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
    return generations.isEmpty() ? null : new Known(generations, runs);
  }

  private static void all(Function<Page, JsonNode> ask, Consumer<JsonNode> item) {
    String cursor = null;
    do {
      JsonNode page = ask.apply(new Page(Page.LIMIT_MAX, cursor));
      page.path("items").forEach(item);
      cursor = page.hasNonNull("nextCursor") ? page.get("nextCursor").asText() : null;
    } while (cursor != null);
  }
}
