package org.sessionledger.app.openclaw.follow;

import java.util.List;
import java.util.Map;
import org.sessionledger.app.openclaw.Replay;

/**
 * What came of following a gateway.
 *
 * @param frames frames that came or were sent
 * @param unreadable frames that were skipped
 * @param arrivals commands that the frames gave; accepted + duplicates + rejected
 * @param connections times that it was connected and subscribed
 * @param gaps times in between in which nobody listened
 * @param unknown frames of kinds that are not known, by kind
 * @param differences where the gateway's last rows and the ledger disagree
 * @param p50Milliseconds from a frame's arrival to its decision, of half the frames at most
 * @param p99Milliseconds the same, of all but the slowest hundredth
 */
public record FollowSummary(
    long frames,
    long unreadable,
    long arrivals,
    long accepted,
    long duplicates,
    long rejected,
    Map<String, Long> rejectedByReason,
    long connections,
    long gaps,
    Map<String, Long> unknown,
    List<Replay.Difference> differences,
    double p50Milliseconds,
    double p99Milliseconds) {}
