package org.sessionledger.core.identity;

/** A value that breaks the shape or a limit of its field; the message tells what is allowed. */
public final class InvalidField extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String field;
  private final String problem;

  /**
   * @param field the field's name as it stands in a command's JSON, for example {@code runId}
   * @param problem what is wrong and what would be right, as the rest of a sentence
   */
  public InvalidField(String field, String problem) {
    this.field = field;
    this.problem = problem;
  }

  /** The field's name as it stands in a command's JSON. */
  public String field() {
    return field;
  }

  /** The same problem, told of the field that held the value. */
  public InvalidField in(String holder) {
    return new InvalidField(holder, problem);
  }

  /** What is wrong, naming the field. */
  @Override
  public String getMessage() {
    return "'" + field + "' " + problem;
  }
}
