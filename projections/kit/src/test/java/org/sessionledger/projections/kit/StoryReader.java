package org.sessionledger.projections.kit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.OpenRun;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.store.LedgerReader;

/** Reads a story as if it were a ledger. */
public final class StoryReader implements LedgerReader {

  private final Story story;
  private final List<LoggedDecision> refusals = new ArrayList<>();

  public StoryReader(Story story) {
    this.story = story;
  }

  public void add(LoggedDecision refusal) {
    refusals.add(refusal);
  }

  @Override
  public long position() {
    return story.events().size();
  }

  @Override
  public List<RecordedEvent> eventsAfter(long position, int limit) {
    return story.events().stream()
        .filter(event -> event.position() > position)
        .limit(limit)
        .toList();
  }

  @Override
  public List<RecordedEvent> events(long first, long last, boolean withCommands) {
    return eventsAfter(first - 1, (int) (last - first + 1));
  }

  @Override
  public Optional<SessionKey> sessionKey(long sessionNo) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<RecordedEvent> eventsOf(SessionKey sessionKey, long afterVersion, int limit) {
    return story.events().stream()
        .filter(event -> event.event().sessionKey().equals(sessionKey))
        .filter(event -> event.version() > afterVersion)
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<RecordedEvent> event(SessionKey sessionKey, long version) {
    return eventsOf(sessionKey, version - 1, 1).stream().findFirst();
  }

  @Override
  public List<LoggedDecision> refusalsOf(SessionKey sessionKey, long afterSeq, int limit) {
    return refusals.stream()
        .filter(line -> sessionKey.equals(line.sessionKey()) && line.seq() > afterSeq)
        .limit(limit)
        .toList();
  }

  @Override
  public List<SessionChange> changesAfter(long position, long upTo, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long decisionSeq() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<LoggedDecision> refusalsAfter(long afterSeq, long upToSeq, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stats stats() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SessionStatus> session(SessionKey sessionKey) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SessionStatus> sessionAt(SessionKey sessionKey, Instant at) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<OpenRun> openRuns(SessionKey sessionKey) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<LoggedDecision> decisions(DecisionQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LoggedDecision> decision(String decisionId) {
    throw new UnsupportedOperationException();
  }
}
