package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Response;

/** Breaks a connection whose client takes nothing any more; what waits for it is dropped. */
final class HangUp {

  /** Where Tomcat's own response travels with the request. */
  static final String RESPONSE = HangUp.class.getName() + ".response";

  private HangUp() {}

  /** What is left of a body that nobody wants is not read; the connection ends with the answer. */
  static void readNoFurther(HttpServletRequest request) {
    response(request).action(ActionCode.DISABLE_SWALLOW_INPUT, null);
  }

  static Response response(HttpServletRequest request) {
    if (!(request.getAttribute(RESPONSE) instanceof Response response)) {
      throw new IllegalStateException("the request did not come through RawPathAdapter");
    }
    return response;
  }

  static Runnable of(HttpServletRequest request) {
    Response response = response(request);
    return () ->
        response.action(ActionCode.CLOSE_NOW, new IOException("the reader takes nothing any more"));
  }
}
