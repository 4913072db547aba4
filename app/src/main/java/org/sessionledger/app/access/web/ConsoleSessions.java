package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.sessionledger.app.access.Caller;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;

/** The console's sessions: so many and no more, the oldest goes, and none of a revoked token. */
final class ConsoleSessions implements SessionAuthenticationStrategy {

  /** Of one token, or of one who came with a JWT: a person's browsers. */
  static final int OF_ONE_MAX = 20;

  /** Of all. */
  static final int MAX = 5_000;

  private static final String SEAT = ConsoleSessions.class.getName();

  private final int max;

  /** The oldest first; guarded by itself. */
  private final Set<Seat> seats = new LinkedHashSet<>();

  ConsoleSessions() {
    this(MAX);
  }

  ConsoleSessions(int max) {
    this.max = max;
  }

  /** Tells when the session ends, by whatever. */
  private final class Seat implements HttpSessionBindingListener {

    private final Caller caller;
    private final HttpSession session;

    Seat(Caller caller, HttpSession session) {
      this.caller = caller;
      this.session = session;
    }

    boolean isOfTheSame(Seat other) {
      return caller.account().equals(other.caller.account());
    }

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
      synchronized (seats) {
        seats.remove(this);
      }
    }
  }

  /** Somebody signs in. */
  @Override
  public void onAuthentication(
      Authentication who, HttpServletRequest request, HttpServletResponse response) {
    HttpSession session = request.getSession();
    Seat seat = new Seat(((CallerAuthentication) who).caller(), session);
    List<Seat> tooMany = new ArrayList<>();
    synchronized (seats) {
      oldestOver(OF_ONE_MAX - 1, seat::isOfTheSame, tooMany);
      oldestOver(max - 1, any -> true, tooMany);
      seats.add(seat);
    }
    tooMany.forEach(ConsoleSessions::end);
    session.setAttribute(SEAT, seat);
  }

  private void oldestOver(int max, Predicate<Seat> which, List<Seat> tooMany) {
    List<Seat> these = seats.stream().filter(which).toList();
    List<Seat> oldest = these.subList(0, Math.max(0, these.size() - max));
    seats.removeAll(oldest);
    tooMany.addAll(oldest);
  }

  /** A token was revoked. */
  void endThoseOf(String credential) {
    List<Seat> ended;
    synchronized (seats) {
      ended = seats.stream().filter(seat -> seat.caller.credential().equals(credential)).toList();
    }
    ended.forEach(ConsoleSessions::end);
  }

  private static void end(Seat seat) {
    try {
      seat.session.invalidate();
    } catch (IllegalStateException e) {
      return; // It has ended already.
    }
  }

  int size() {
    synchronized (seats) {
      return seats.size();
    }
  }
}
