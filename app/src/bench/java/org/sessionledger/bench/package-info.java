/**
 * The benchmarks: the ledger beside what it is compared with, in one run. Read {@link
 * org.sessionledger.bench.Bench} first.
 */
@NullMarked
package org.sessionledger.bench;

import org.jspecify.annotations.NullMarked;
