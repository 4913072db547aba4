package org.sessionledger.projections.kit;

import org.axonframework.queryhandling.QueryUpdateEmitter;
import org.sessionledger.core.store.LedgerReader.SessionChange;

/** A view whose questions can be subscribed to. */
public interface LiveView extends View {

  /**
   * Tells those who subscribed of a change that the view's table has by now. Every change of every
   * session comes here, in the order of the positions, on each node, whichever of them runs the
   * view; for as long as somebody on this node subscribes to something.
   */
  void tell(QueryUpdateEmitter emitter, SessionChange change);
}
