package org.sessionledger.core.ledger;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One structured line a refusal, as information and not as an alarm. What a runtime sent is
 * escaped, so that no line break or terminal code of its own gets into a log, and cut.
 */
final class RefusalLines {

  private static final Logger LOG = LoggerFactory.getLogger("org.sessionledger.refusals");

  /** Longest value of a runtime in a line. */
  private static final int VALUE_MAX = 200;

  void tell(Incoming incoming, Decision decision) {
    Refusal refusal = decision.refusal();
    if (refusal == null || decision.dryRun() || !LOG.isInfoEnabled()) {
      return;
    }
    Source source = incoming.provenance().source();
    LoggingEventBuilder line = LOG.atInfo();
    line = add(line, "reason", refusal.reason().code());
    line = add(line, "decisionId", refusal.decisionId());
    line = add(line, "commandType", decision.commandType());
    line = add(line, "commandId", decision.commandId());
    line = add(line, "sessionKey", decision.sessionKey());
    line = add(line, "presented", refusal.presented());
    line =
        add(line, "current", decision.session() == null ? null : decision.session().generation());
    line = add(line, "component", source.component());
    line = add(line, "instance", source.instance());
    line = add(line, "host", source.host());
    line = add(line, "actor", incoming.provenance().actor());
    line.log("refused");
  }

  private static LoggingEventBuilder add(
      LoggingEventBuilder line, String key, @Nullable Object value) {
    return value == null ? line : line.addKeyValue(key, escaped(value.toString()));
  }

  static String escaped(String value) {
    StringBuilder out = new StringBuilder();
    Text.cut(value, VALUE_MAX)
        .codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (type == Character.CONTROL
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                out.append(String.format("\\u{%x}", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return Text.length(value) > VALUE_MAX ? out.append('…').toString() : out.toString();
  }
}
