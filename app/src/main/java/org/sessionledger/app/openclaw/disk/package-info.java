/**
 * What OpenClaw keeps on disk, as a history in the ledger: folders are read, the history is rebuilt
 * as far as the records prove it, and what the ledger lacks of it is handed over.
 */
@NullMarked
package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.NullMarked;
