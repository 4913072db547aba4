package org.sessionledger.app.openclaw;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;

/**
 * A session as a gateway shows it: in a listing, or in the row that it keeps on disk.
 *
 * @param runs those that run, where the row names them
 * @param where the record; null for what came over a socket
 * @param recorded changes that the store recorded, and a ledger may not have taken
 */
public record ShownSession(
    SessionKey key, Row row, List<RunId> runs, @Nullable String where, List<Recorded> recorded) {

  /**
   * A recorded change, as the question whether the ledger would take it.
   *
   * @param what in words
   * @param question a dry run
   */
  public record Recorded(String where, String what, Arrival question) {}
}
