package org.sessionledger.projections.kit;

/** A rebuild was asked for while one is under way, of this view or of another one, on any node. */
public final class RebuildUnderWay extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String view;

  RebuildUnderWay(String view) {
    super("view " + view + " is being rebuilt, and there is one rebuild at a time");
    this.view = view;
  }

  /** The view that is being rebuilt. */
  public String view() {
    return view;
  }
}
