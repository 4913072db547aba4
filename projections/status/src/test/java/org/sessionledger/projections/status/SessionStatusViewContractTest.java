package org.sessionledger.projections.status;

import com.zaxxer.hikari.HikariDataSource;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewContract;

class SessionStatusViewContractTest extends ViewContract {

  @Override
  protected View view(HikariDataSource dataSource, LedgerReader reader) {
    return new SessionStatusView(dataSource);
  }
}
