package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.projections.kit.RebuildReport;
import org.sessionledger.projections.kit.RebuildUnderWay;
import org.sessionledger.projections.kit.Rebuilds;

/** Makes a view anew beside the live one and compares the two. */
record RebuiltCheck(String name, Rebuilds rebuilds) implements ViewCheck {

  /**
   * @throws ApiProblem when the view cannot be checked now
   */
  @Override
  public ObjectNode check(Verification.Progress progress) {
    RebuildReport report;
    try {
      report =
          rebuilds.check(
              name, now -> progress.at("events of view " + name, now.events(), now.total()));
    } catch (RebuildUnderWay e) {
      throw Problems.conflict(
          "rebuild-under-way",
          "A rebuild is under way",
          "The events are intact; the views are not checked, since the view '"
              + e.view()
              + "' is being rebuilt. Ask again when that is done.");
    }
    if (report.state() != RebuildReport.State.DONE) {
      throw Problems.later(
          "view-not-checked",
          "A view cannot be checked",
          "The events are intact; the view '" + name + "' cannot be checked: " + report.error());
    }
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", name);
    document.put("intact", report.mismatches() == 0);
    document.put("events", report.events());
    document.put("mismatches", report.mismatches());
    document.set("differences", Json.mapper().valueToTree(report.differences()));
    return document;
  }
}
