package org.sessionledger.spring;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Durability;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the ledger of the application is opened.
 *
 * @param enabled Whether the application has a ledger.
 * @param folder Folder of an embedded database of the ledger's own. Unless it is set, the ledger is
 *     in the application's database; an application without one gets the folder ledger-data.
 * @param durability What a decision survives. Of a folder only: a database decides by itself.
 * @param component Who the application's own commands say that they come from. By default the
 *     application's name.
 * @param instance The name of this process, under which its runs are interrupted; another one after
 *     each start. Made up by default.
 * @param keepAlive How long an open run handle may say nothing before the ledger renews its lease.
 *     By default nothing but its own reports renews it.
 * @param views The views of the ledger.
 * @param watchdog Who interrupts runs that nothing runs any more.
 */
@ConfigurationProperties("session-ledger")
record SessionLedgerProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable Path folder,
    @DefaultValue("process-crash") Durability durability,
    @Nullable String component,
    @Nullable String instance,
    @Nullable Duration keepAlive,
    @DefaultValue Views views,
    @DefaultValue Watchdog watchdog) {

  /**
   * @param enabled Whether the views on the class path are kept and can be asked.
   */
  record Views(@DefaultValue("true") boolean enabled) {}

  /**
   * @param enabled Whether runs whose lease or process died are interrupted.
   * @param lease How long an open run may say nothing.
   */
  record Watchdog(@DefaultValue("false") boolean enabled, @DefaultValue("1h") Duration lease) {}
}
