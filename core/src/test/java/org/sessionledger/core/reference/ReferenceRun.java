package org.sessionledger.core.reference;

import java.util.List;

/**
 * What the runs view shows of one run attempt. {@code generation} is the one that owns it now or
 * did last, {@code lastRenewedVersion} the version of its last sign of life (start or progress).
 */
public record ReferenceRun(
    String runId,
    long attempt,
    long generation,
    List<Long> generations,
    String status,
    String instance,
    long lastRenewedVersion) {}
