package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import picocli.CommandLine.Command;

/** A verb that asks one question. */
@Command
abstract class QueryVerb extends LedgerVerb {

  QueryVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  final int run() throws Exception {
    check();
    return super.run();
  }

  @Override
  int run(LedgerApi api) {
    JsonNode document = ask(api);
    if (json()) {
      print(document);
    } else {
      show(document);
    }
    return Exit.DONE;
  }

  /** Refuses wrong usage before a ledger is opened. */
  void check() {}

  abstract JsonNode ask(LedgerApi api);

  /** The document for people. */
  abstract void show(JsonNode document);

  final void say(String line) {
    terminal().out().println(line);
  }

  final void requireKey(@Nullable String key) {
    if (key == null) {
      return;
    }
    try {
      new SessionKey(key);
    } catch (InvalidField e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }
}
