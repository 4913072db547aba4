package org.sessionledger.projections.lineage;

import com.zaxxer.hikari.HikariDataSource;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewContract;

class LineageViewContractTest extends ViewContract {

  @Override
  protected View view(HikariDataSource dataSource, LedgerReader reader) {
    return new LineageView(dataSource, reader);
  }
}
