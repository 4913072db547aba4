package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.audit.LedgerHead;
import org.sessionledger.core.store.audit.SignedHead;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether everything that is stored is what was decided. */
@Command(
    name = "verify",
    header = "Check that nothing that is stored was changed.%n",
    description =
        "Check all events, refusals, saved states and totals against each other, and name the first"
            + " that is not what it must be. A head that was signed before and kept elsewhere also"
            + " tells whether the history was rewritten as a whole, or cut.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --sign private.pem --json > head.json",
      "  ${COMMAND-FULL-NAME} --head head.json --public-key public.pem"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:everything is as it must be",
      Exit.FAILED_HELP,
      Exit.WRONG_USAGE_HELP,
      Exit.DIFFERENCE_HELP
    })
final class VerifyVerb extends LedgerVerb {

  private static final double MILLISECONDS = 1_000;

  @Option(
      names = "--sign",
      paramLabel = "KEYFILE",
      description =
          "Also print the ledger's head, signed with this Ed25519 private key (PKCS #8, PEM).")
  private @Nullable String sign;

  @Option(
      names = "--head",
      paramLabel = "FILE",
      description = "Also check that the ledger still has the history of this signed head.")
  private @Nullable String head;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The public key (PEM) of who signed it.")
  private @Nullable String publicKey;

  private @Nullable PrivateKey signer;
  private @Nullable SignedHead kept;
  private @Nullable PublicKey keeper;

  VerifyVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    if ((head == null) != (publicKey == null)) {
      throw wrongUsage("--head and --public-key go together");
    }
    storage();
    // What is missing is told before a ledger is opened.
    signer = sign == null ? null : privateKey(sign);
    kept = head == null ? null : signedHead(head);
    keeper = publicKey == null ? null : publicKey(publicKey);
    return super.run();
  }

  @Override
  int run(LedgerApi api) {
    Progress progress = new Progress(terminal(), true);
    ObjectNode document;
    try {
      document =
          (ObjectNode)
              api.verify(
                  kept == null ? null : kept.head().at(),
                  (part, done, total) ->
                      progress.at(() -> Words.number(done) + " " + part, done, total));
    } finally {
      progress.clear();
    }
    String difference = difference(document);
    if (kept != null) {
      ObjectNode compared = document.putObject("keptHead").put("intact", difference == null);
      if (difference != null) {
        compared.put("problem", difference);
      }
    }
    boolean intact = document.path("intact").booleanValue() && difference == null;
    document.put("intact", intact);
    if (intact && signer != null) {
      document.set("signedHead", Json.mapper().valueToTree(sign(document, signer)));
    }
    if (json()) {
      print(document);
    } else {
      show(document);
    }
    return intact ? Exit.DONE : Exit.DIFFERENCE;
  }

  /** How the ledger differs from the head that was kept; null when it does not. */
  private @Nullable String difference(JsonNode document) {
    if (kept == null || keeper == null) {
      return null;
    }
    if (!kept.isSignedBy(keeper)) {
      return "The signed head is not signed by that key, or was changed since";
    }
    if (document.has("firstBreak") && !document.has("then")) {
      return "The history up to the signed head is broken";
    }
    if (!document.has("then")) {
      return "The ledger was cut: it does not reach position "
          + kept.position()
          + " and line "
          + kept.decisionSeq()
          + " of the signed head";
    }
    LedgerHead then = read(document.path("then"));
    LedgerHead wanted = kept.head();
    if (then.equals(wanted)) {
      return null;
    }
    String what =
        !then.events().equals(wanted.events())
            ? "events"
            : then.decisions().equals(wanted.decisions()) ? "times" : "refusals";
    return "The history was rewritten: up to the signed head its "
        + what
        + " are not those that were signed";
  }

  private static SignedHead sign(JsonNode document, PrivateKey key) {
    try {
      return SignedHead.sign(
          read(document.path("head")), Instant.now().truncatedTo(ChronoUnit.SECONDS), key);
    } catch (SignedHead.BadKey e) {
      throw new Failure("The head cannot be signed: " + e.getMessage() + ".", e);
    }
  }

  private static LedgerHead read(JsonNode head) {
    return Json.read(head.toString(), LedgerHead.class);
  }

  private void show(JsonNode document) {
    Style style = terminal().style();
    say(
        Words.count(document.path("events").asLong(), "event")
            + " of "
            + Words.count(document.path("sessions").asLong(), "session")
            + ", "
            + Words.count(document.path("decisions").asLong(), "line")
            + " of the decision log, "
            + Words.count(document.path("snapshots").asLong(), "saved state")
            + ": "
            + String.format(
                Locale.ROOT, "%,.1f s", document.path("milliseconds").asLong() / MILLISECONDS)
            + ", "
            + Words.number(document.path("eventsPerSecond").asLong())
            + " events/s");
    JsonNode found = document.path("firstBreak");
    if (!found.isMissingNode()) {
      say(style.bad("First difference: " + Shown.text(place(found))));
      say("  expected  " + Shown.text(Words.of(found, "expected")));
      say("  found     " + Shown.text(Words.of(found, "found")));
    }
    for (JsonNode view : document.path("views")) {
      if (!view.path("intact").booleanValue()) {
        say(
            style.bad(
                "The view "
                    + Words.of(view, "name")
                    + " differs from the events in "
                    + Words.count(view.path("mismatches").asLong(), "session")
                    + ": projection rebuild "
                    + Words.of(view, "name")
                    + " --check shows them."));
      }
    }
    if (document.path("keptHead").has("problem")) {
      say(style.bad(Words.of(document.path("keptHead"), "problem") + "."));
    } else if (document.has("keptHead")) {
      say("The history up to the signed head is the one that was signed.");
    }
    if (document.path("intact").booleanValue()) {
      say(style.good("Everything is as it was decided."));
    }
    if (document.has("signedHead")) {
      say("");
      print(document.path("signedHead"));
    }
  }

  /** Where and of what a difference is. */
  private static String place(JsonNode found) {
    String where =
        found.has("position")
            ? "event " + found.path("position").asText()
            : found.has("seq") ? "line " + found.path("seq").asText() : "totals";
    String session = Words.of(found, "sessionKey");
    String version = found.has("version") ? ", version " + found.path("version").asText() : "";
    return Words.of(found, "check")
        + " at "
        + where
        + (session.equals(Words.NONE) ? "" : " of session " + session + version);
  }

  private void say(String line) {
    terminal().out().println(line);
  }

  private PrivateKey privateKey(String file) {
    try {
      return SignedHead.privateKey(text("--sign", file));
    } catch (SignedHead.BadKey e) {
      throw new Failure(file + " is no key to sign with: " + e.getMessage() + ".", e);
    }
  }

  private PublicKey publicKey(String file) {
    try {
      return SignedHead.publicKey(text("--public-key", file));
    } catch (SignedHead.BadKey e) {
      throw new Failure(file + " is no public key: " + e.getMessage() + ".", e);
    }
  }

  /** By itself, or in the document that {@code verify --sign --json} prints. */
  private SignedHead signedHead(String file) {
    try {
      JsonNode document = Json.tree(text("--head", file));
      JsonNode signed = document.has("signedHead") ? document.path("signedHead") : document;
      SignedHead read = Json.read(signed.toString(), SignedHead.class);
      if (SignedHead.FORMAT.equals(read.format())) {
        return read;
      }
    } catch (IllegalStateException e) {
      throw new Failure(file + " is no signed head of verify --sign.", e);
    }
    throw new Failure(file + " is no signed head of verify --sign.");
  }

  private String text(String option, String file) {
    Path path = path(option, file);
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new Failure(file + " does not exist.", e);
    } catch (CharacterCodingException e) {
      throw new Failure(file + " is no text.", e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + DataFolder.reason(e) + ".", e);
    }
  }
}
