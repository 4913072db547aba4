package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.identity.InvalidField;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives a token. */
@Command(
    name = "create",
    header = "Make a token for somebody who asks a server.%n",
    description =
        "Make a token and print it alone on stdout; it is stored as a hash only, so nobody can tell"
            + " it again. What it is for goes to stderr.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} --role operator --name ann",
      "  ${COMMAND-FULL-NAME} --role runtime --name gw-7f2 --prefix agent:main: --expires 90d",
      "  TOKEN=$(${COMMAND-FULL-NAME} --role reader)"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class TokenCreate extends QueryVerb {

  private static final Pattern PERIOD = Pattern.compile("([1-9][0-9]{0,4})([mhd])");

  @Option(
      names = "--role",
      required = true,
      paramLabel = "ROLE",
      description = "reader, runtime, operator or admin; each may do what those before it may.")
  private String role = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The actor of what is done with it; its role and id when not given.")
  private @Nullable String name;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "Limit it to session keys that begin so.")
  private @Nullable String prefix;

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      description =
          "When it ends: after a time such as 12h or 90d, or at an instant such as"
              + " 2026-12-31T00:00:00Z. Never when not given.")
  private @Nullable String expires;

  TokenCreate(Terminal terminal) {
    super(terminal);
  }

  @Override
  void check() {
    wanted();
  }

  private NewToken wanted() {
    Role given =
        Role.of(role)
            .orElseThrow(() -> wrongUsage("--role is '" + role + "', there are " + Role.codes()));
    try {
      return new NewToken(given, name, prefix, expires == null ? null : expiry(expires));
    } catch (InvalidField e) {
      throw wrongUsage("--" + e.getMessage());
    }
  }

  private Instant expiry(String text) {
    Matcher period = PERIOD.matcher(text);
    if (period.matches()) {
      long amount = Long.parseLong(period.group(1));
      Duration time =
          switch (period.group(2)) {
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          };
      return Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw wrongUsage("--expires is '" + text + "', a time such as 90d or an instant is expected");
    }
  }

  @Override
  JsonNode ask(LedgerApi api) {
    return api.createToken(wanted(), System.getProperty("user.name"));
  }

  @Override
  void show(JsonNode document) {
    terminal()
        .err()
        .println(
            "Token "
                + Words.of(document, "id")
                + " for "
                + Words.of(document, "name")
                + ": "
                + Words.of(document, "role")
                + (document.has("prefix")
                    ? ", keys that begin with " + Words.of(document, "prefix")
                    : "")
                + (document.has("expiresAt") ? ", until " + Words.of(document, "expiresAt") : "")
                + ". It is shown this once.");
    terminal().err().flush();
    say(document.path("token").asText());
  }
}
