package org.sessionledger.app.cli;

import org.sessionledger.app.ProgramVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"session-ledger " + ProgramVersion.number()};
  }
}
