package org.sessionledger.projections.lineage;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.GenerationName;
import org.sessionledger.projections.kit.Row;

/**
 * One event that moved a session's generations.
 *
 * @param begins the number of the generation that it began; null when it began none
 * @param ends the number of the generation that it ended; null when it ended none
 * @param forks the number of the generation that it forked from; null when it forked none
 */
record LineageRow(
    Key key,
    long generation,
    @Nullable Long begins,
    @Nullable Long ends,
    @Nullable Long forks,
    Fact fact)
    implements Row<LineageRow.Key> {

  record Key(long sessionNo, long version) {}

  /**
   * What is told of it.
   *
   * @param sessionId of the generation that it began, or of the fork
   * @param newSessionKey of a fork or a migration
   */
  record Fact(
      Cause cause,
      @Nullable SessionId sessionId,
      @Nullable SessionKey newSessionKey,
      List<RunId> carriedRuns,
      List<RunId> supersededRuns,
      SessionGeneration.@Nullable Origin origin,
      @Nullable GenerationName continues) {}

  @Override
  public long version() {
    return key.version();
  }
}
