package org.sessionledger.app.api;

import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.net.SocketEvent;

/** Takes the session key out of a request's path before Tomcat decodes and normalises the path. */
final class RawPathAdapter implements Adapter {

  private final Adapter tomcat;

  RawPathAdapter(Adapter tomcat) {
    this.tomcat = tomcat;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    ByteChunk raw = request.requestURI().getByteChunk();
    if (!raw.isNull()) {
      String sent =
          new String(raw.getBytes(), raw.getStart(), raw.getLength(), StandardCharsets.ISO_8859_1);
      SessionKeyPath path = SessionKeyPath.parse(sent);
      if (path != null) {
        byte[] route = path.route().getBytes(StandardCharsets.ISO_8859_1);
        request.requestURI().setBytes(route, 0, route.length);
        request.setAttribute(SessionKeyPath.ATTRIBUTE, path);
        request.setAttribute(SessionKeyPath.SENT, sent);
      }
    }
    request.setAttribute(HangUp.RESPONSE, response);
    tomcat.service(request, response);
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return tomcat.prepare(request, response);
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent status)
      throws Exception {
    return tomcat.asyncDispatch(request, response, status);
  }

  @Override
  public void log(Request request, Response response, long time) {
    tomcat.log(request, response, time);
  }

  @Override
  public void checkRecycled(Request request, Response response) {
    tomcat.checkRecycled(request, response);
  }

  @Override
  public String getDomain() {
    return tomcat.getDomain();
  }
}
