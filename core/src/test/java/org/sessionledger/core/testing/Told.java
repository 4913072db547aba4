package org.sessionledger.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Verdict;

/**
 * One decision that somebody was told of.
 *
 * @param place of an accepted command its session's version, of a refusal the line in the decision
 *     log and the reason
 */
public record Told(String commandId, String verdict, String place) {

  private static final String NOWHERE = "-";

  public static Told of(Decision decision) {
    String place =
        switch (decision.verdict()) {
          case ACCEPTED -> decision.session().version() + "@" + decision.sessionKey();
          case DUPLICATE -> NOWHERE;
          case REJECTED ->
              decision.refusal().decisionId() + "/" + decision.refusal().reason().code();
        };
    return new Told(decision.commandId().value(), decision.verdict().code(), place);
  }

  /** As the API answers. */
  public static Told of(JsonNode answer) {
    String verdict = answer.path("verdict").textValue();
    String place = NOWHERE;
    if (verdict.equals(Verdict.ACCEPTED.code())) {
      place = answer.path("version") + "@" + answer.path("sessionKey").textValue();
    } else if (verdict.equals(Verdict.REJECTED.code())) {
      place = answer.path("decisionId").textValue() + "/" + answer.path("reason").textValue();
    }
    return new Told(answer.path("commandId").textValue(), verdict, place);
  }

  /** From its line. */
  public static Told of(String line) {
    String[] parts = line.split(" ");
    return new Told(parts[0], parts[1], parts[2]);
  }

  boolean is(Verdict expected) {
    return verdict.equals(expected.code());
  }

  /** Of a refusal: the line in the decision log. */
  String decisionId() {
    return place.substring(0, place.indexOf('/'));
  }

  /** Its line. */
  @Override
  public String toString() {
    return commandId + " " + verdict + " " + place;
  }
}
