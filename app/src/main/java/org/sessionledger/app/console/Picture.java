package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;
import org.springframework.web.util.UriUtils;

/**
 * A story as shapes. Left to right is the order in which things were decided, because identity
 * decides and never the clock; the times stand below. A lane is a generation, a bar an attempt of a
 * run, a line a rotation, a cross a refusal, in the lane of the generation that it is about and at
 * the place where it arrived. What would overlap becomes one shape with a count, so that a story of
 * any length has about as many shapes as a short one.
 */
final class Picture {

  /** Shapes that a browser is given at most. */
  static final int SHAPES_MAX = 400;

  private static final int WIDTH = 1_000;
  private static final int LEFT = 132;
  private static final int RIGHT = 14;
  private static final int TOP = 10;
  private static final int BAR = 16;
  private static final int ROW = BAR + 4;
  private static final int LANE_PAD = 9;
  private static final int MARK_STRIP = 20;
  private static final double MARK = 15;
  private static final int AXIS = 26;
  private static final int CHARACTER = 7;
  private static final int TICKS = 6;

  /** So long that its times differ by a second each. */
  private static final Duration SHORT = Duration.ofSeconds(TICKS);

  /** Of an instant, the characters of its day. */
  private static final int DAY = 10;

  private static final int BAR_MIN = 5;
  private static final int LABEL_MIN = 34;

  /** How coarse a picture is: the first scale whose shapes are few enough is taken. */
  private record Scale(int columns, int rows, int lanes) {}

  private static final List<Scale> SCALES =
      List.of(
          new Scale(140, 12, 10),
          new Scale(140, 4, 10),
          new Scale(110, 3, 10),
          new Scale(80, 2, 8),
          new Scale(50, 1, 6),
          new Scale(24, 1, 3));

  /** What a shape leads to: one of the three, or a range of versions. */
  public record Link(
      @Nullable Long event,
      @Nullable String decision,
      @Nullable String run,
      @Nullable Long attempt,
      long from,
      long to) {

    static Link event(long version) {
      return new Link(version, null, null, null, version, version);
    }

    static Link range(long from, long to) {
      return new Link(null, null, null, null, from, to);
    }

    /** What it adds to the address of the page that tells of it. */
    public String query() {
      if (event != null) {
        return "&event=" + event;
      }
      if (decision != null) {
        return "&decision=" + encoded(decision);
      }
      return (run == null ? "" : "&run=" + encoded(run) + "&attempt=" + attempt)
          + "&from="
          + from
          + "&to="
          + to;
    }

    private static String encoded(String text) {
      return UriUtils.encode(text, StandardCharsets.UTF_8);
    }
  }

  public record Lane(
      String name, String id, double x, double y, double width, double height, boolean current) {}

  /**
   * @param kind the run's status, or {@code many}
   * @param label empty where there is no room
   */
  public record Bar(
      String kind,
      double x,
      double y,
      double width,
      double height,
      String label,
      String title,
      Link link) {}

  public record Boundary(double x, double y, double height, String title, Link link) {}

  /**
   * @param kind {@code refusal} or {@code other}
   */
  public record Mark(String kind, double x, double y, String count, String title, Link link) {}

  public record Gap(double x, double y, double width, double height, String title, Link link) {}

  public record Tick(double x, String text) {}

  private final Story story;
  private final Scale scale;
  private final int columns;
  private final double columnWidth;

  private final List<Long> generations;
  private final List<LaneBuild> builds = new ArrayList<>();
  private final Map<Long, LaneBuild> laneOf = new HashMap<>();

  private final Map<String, Segment> open = new LinkedHashMap<>();
  private final Map<String, Segment> interrupted = new HashMap<>();
  private final Map<Integer, List<Rotation>> rotations = new TreeMap<>();
  private final TreeMap<Integer, GapBuild> gapColumns = new TreeMap<>();

  private final List<Lane> lanes = new ArrayList<>();
  private final List<Bar> bars = new ArrayList<>();
  private final List<Boundary> boundaries = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Tick> ticks = new ArrayList<>();
  private double height;

  /** An attempt while one lane has it. */
  private static final class Segment {
    final String runId;
    final long attempt;
    final int start;
    final long from;
    boolean earlier;
    int end;
    long to;
    String kind = "running";

    Segment(String runId, long attempt, int start, long from) {
      this.runId = runId;
      this.attempt = attempt;
      this.start = start;
      this.from = from;
      this.end = start;
      this.to = from;
    }

    void end(int column, long version, String outcome) {
      end = column;
      to = version;
      kind = outcome;
    }
  }

  private record Rotation(LaneBuild ended, LaneBuild next, Story.Entry entry) {}

  private record GapBuild(int from, int to, long first, long last, long count, String title) {}

  private static final class LaneBuild {
    final List<Long> numbers = new ArrayList<>();
    final List<Segment> segments = new ArrayList<>();
    final Map<Integer, List<Story.Entry>> refusals = new TreeMap<>();
    final Map<Integer, List<Story.Entry>> others = new TreeMap<>();
    final List<List<Folded>> rows = new ArrayList<>();
    String id = "";
    int first = Integer.MAX_VALUE;
    int last = -1;
    boolean ended;
    boolean begun;
    double y;
    double height;

    void touch(int column) {
      first = Math.min(first, column);
      last = Math.max(last, column);
    }
  }

  /** Segments that are drawn as one bar. */
  private static final class Folded {
    final List<Segment> segments = new ArrayList<>();
    final int start;
    int end;

    Folded(Segment segment) {
      start = segment.start;
      end = segment.end;
      segments.add(segment);
    }
  }

  static Picture of(Story story) {
    Picture picture = new Picture(story, SCALES.get(0));
    for (Scale scale : SCALES) {
      picture = new Picture(story, scale);
      if (picture.shapes() <= SHAPES_MAX) {
        break;
      }
    }
    return picture;
  }

  private Picture(Story story, Scale scale) {
    this.story = story;
    this.scale = scale;
    int entries = Math.max(1, story.entries().size());
    this.columns = Math.min(entries, scale.columns());
    this.columnWidth = (WIDTH - LEFT - RIGHT) / (double) columns;
    TreeSet<Long> numbers = new TreeSet<>();
    story.before().forEach(entry -> numbers.add(entry.generation()));
    story.entries().forEach(entry -> numbers.add(entry.generation()));
    this.generations = List.copyOf(numbers);
    makeLanes();
    fold();
    layOut();
  }

  private void makeLanes() {
    int count = Math.min(generations.size(), scale.lanes());
    for (int i = 0; i < generations.size(); i++) {
      int lane = (int) ((long) i * count / generations.size());
      if (lane == builds.size()) {
        builds.add(new LaneBuild());
      }
      LaneBuild build = builds.get(lane);
      build.numbers.add(generations.get(i));
      laneOf.put(generations.get(i), build);
    }
  }

  private int column(int entry) {
    return (int) ((long) entry * columns / Math.max(1, story.entries().size()));
  }

  private double x(int column) {
    return LEFT + column * columnWidth;
  }

  private LaneBuild lane(long generation) {
    LaneBuild lane = laneOf.get(generation);
    if (lane == null) {
      throw new IllegalStateException("no lane for generation " + generation);
    }
    return lane;
  }

  private void fold() {
    for (Story.Entry entry : story.before()) {
      LaneBuild lane = lane(entry.generation());
      lane.touch(0);
      add(entry, 0, lane).earlier = true;
    }
    List<Story.Entry> entries = story.entries();
    for (int i = 0; i < entries.size(); i++) {
      Story.Entry entry = entries.get(i);
      int column = column(i);
      LaneBuild lane = lane(entry.generation());
      if (entry.refusal()) {
        lane.refusals.computeIfAbsent(slot(column), c -> new ArrayList<>()).add(entry);
        if (lane.id.isEmpty()) {
          lane.id = entry.doc().node().at("/ended/sessionId").asText();
        }
      } else {
        lane.touch(column);
        String id = entry.doc().text("sessionId");
        lane.id = id == null ? "" : id;
        event(entry, column, lane);
      }
    }
    open.values().forEach(segment -> segment.end = columns - 1);
    builds.forEach(
        lane -> {
          // One that is only spoken of ended before the range.
          if (!lane.ended && lane.last >= 0) {
            lane.touch(columns - 1);
          }
        });
  }

  /** Marks need more room than a narrow column has. */
  private int slot(int column) {
    int columnsOfASlot = (int) Math.ceil(MARK / columnWidth);
    return column / columnsOfASlot * columnsOfASlot;
  }

  private void event(Story.Entry entry, int column, LaneBuild lane) {
    switch (entry.type()) {
      case "RunStarted" -> start(entry, column, lane);
      case "RunProgressed" -> running(entry, column, lane).to = entry.version();
      case "RunCompleted" -> end(entry, column, lane, "done");
      case "RunFailed" -> end(entry, column, lane, "failed");
      case "RunAborted" -> end(entry, column, lane, "aborted");
      case "RunInterrupted" -> end(entry, column, lane, "interrupted");
      case "GapReported" -> gap(entry, column);
      default -> {
        long ended = entry.endedGeneration();
        if (ended > 0) {
          rotate(entry, column, ended, lane);
        } else if (!entry.type().equals("SessionOpened") || entry.version() > 1) {
          lane.others.computeIfAbsent(slot(column), c -> new ArrayList<>()).add(entry);
        }
      }
    }
  }

  private static String name(Story.Entry entry) {
    return entry.attempt() + " " + entry.runId();
  }

  private void start(Story.Entry entry, int column, LaneBuild lane) {
    Segment before = open.remove(entry.attempt() - 1 + " " + entry.runId());
    if (before != null) {
      before.end(column, entry.version(), "superseded");
    }
    add(entry, column, lane);
  }

  private Segment add(Story.Entry entry, int column, LaneBuild lane) {
    Segment segment =
        new Segment(String.valueOf(entry.runId()), entry.attempt(), column, entry.version());
    lane.segments.add(segment);
    open.put(name(entry), segment);
    return segment;
  }

  /** One that began before the range is seen from its beginning on. */
  private Segment running(Story.Entry entry, int column, LaneBuild lane) {
    Segment known = open.get(name(entry));
    if (known != null) {
      return known;
    }
    return add(entry, story.first() > 1 ? 0 : column, lane);
  }

  private void end(Story.Entry entry, int column, LaneBuild lane, String outcome) {
    Segment segment = interrupted.remove(name(entry));
    if (segment == null) {
      segment = running(entry, column, lane);
    }
    segment.end(column, entry.version(), outcome);
    open.remove(name(entry));
    if (outcome.equals("interrupted")) {
      interrupted.put(name(entry), segment);
    }
  }

  private void rotate(Story.Entry entry, int column, long ended, LaneBuild next) {
    LaneBuild last = laneOf.getOrDefault(ended, next);
    last.ended = true;
    last.touch(column);
    if (last.id.isEmpty()) {
      last.id = entry.doc().node().at("/details/ended/sessionId").asText();
    }
    next.begun |= next != last && next.last == column;
    next.ended = next == last && entry.generation() == ended;
    List<String> carried = entry.carriedRuns();
    List<Segment> goOn = new ArrayList<>();
    for (Segment segment : open.values()) {
      boolean carries = carried.contains(segment.runId);
      segment.end(column, entry.version(), carries ? "carried" : "superseded");
      if (carries) {
        goOn.add(segment);
      }
    }
    open.clear();
    for (Segment segment : goOn) {
      Segment on = new Segment(segment.runId, segment.attempt, column, entry.version());
      next.segments.add(on);
      open.put(segment.attempt + " " + segment.runId, on);
    }
    rotations.computeIfAbsent(column, c -> new ArrayList<>()).add(new Rotation(last, next, entry));
  }

  private void gap(Story.Entry entry, int column) {
    JsonNode details = entry.doc().node().path("details");
    String title =
        "Nobody listened from "
            + Say.IT.time(details.path("from").asText())
            + " to "
            + Say.IT.time(details.path("to").asText());
    Map.Entry<Integer, GapBuild> before = gapColumns.floorEntry(column);
    if (before != null && before.getValue().to() >= column - 1) {
      GapBuild merged = before.getValue();
      gapColumns.put(
          merged.from(),
          new GapBuild(
              merged.from(),
              column,
              merged.first(),
              entry.version(),
              merged.count() + 1,
              (merged.count() + 1) + " gaps in which nobody listened"));
    } else {
      gapColumns.put(
          column, new GapBuild(column, column, entry.version(), entry.version(), 1, title));
    }
  }

  private void layOut() {
    double y = TOP;
    for (LaneBuild lane : builds) {
      pack(lane);
      lane.y = y;
      lane.height = Math.max(1, lane.rows.size()) * ROW + LANE_PAD + MARK_STRIP;
      y += lane.height + 6;
    }
    height = y + AXIS;
    builds.forEach(this::draw);
    rotations.forEach(this::draw);
    gapColumns.values().forEach(this::draw);
    axis();
  }

  /** Each bar into the first row that has room; where none has, into the last bar of the last. */
  private void pack(LaneBuild lane) {
    for (Segment segment : lane.segments) {
      List<Folded> home = null;
      for (List<Folded> row : lane.rows) {
        if (row.get(row.size() - 1).end < segment.start) {
          home = row;
          break;
        }
      }
      if (home == null && lane.rows.size() < scale.rows()) {
        home = new ArrayList<>();
        lane.rows.add(home);
      }
      if (home != null) {
        home.add(new Folded(segment));
      } else {
        List<Folded> row = lane.rows.get(lane.rows.size() - 1);
        Folded last = row.get(row.size() - 1);
        last.segments.add(segment);
        last.end = Math.max(last.end, segment.end);
      }
    }
  }

  private void draw(LaneBuild lane) {
    long first = lane.numbers.get(0);
    long last = lane.numbers.get(lane.numbers.size() - 1);
    boolean one = first == last;
    boolean spokenOf = lane.last < 0;
    int from = spokenOf ? 0 : lane.first;
    int to = Math.max(lane.last, from);
    // From line to line, where a rotation began or ended it.
    double start = x(from) + (lane.begun ? columnWidth / 2 : 0);
    lanes.add(
        new Lane(
            one ? "Generation " + first : "Generations " + first + "–" + last,
            one ? Say.IT.cut(lane.id, 17) : lane.numbers.size() + " of them",
            start,
            lane.y,
            spokenOf ? 0 : (lane.ended ? x(to) + columnWidth / 2 : x(columns)) - start,
            lane.height,
            !lane.ended && !spokenOf && story.last() == story.newest()));
    for (int row = 0; row < lane.rows.size(); row++) {
      for (Folded folded : lane.rows.get(row)) {
        draw(folded, lane.y + LANE_PAD + row * ROW);
      }
    }
    double strip = lane.y + lane.height - MARK_STRIP / 2.0 - 1;
    lane.others.forEach((column, entries) -> draw("other", column, entries, strip));
    draw(lane.refusals, strip);
  }

  /** Where a mark's count would run into the next mark, the two are one. */
  private void draw(Map<Integer, List<Story.Entry>> refusals, double y) {
    int column = 0;
    List<Story.Entry> together = new ArrayList<>();
    for (Map.Entry<Integer, List<Story.Entry>> next : refusals.entrySet()) {
      if (!together.isEmpty() && x(next.getKey()) - x(column) >= room(together)) {
        draw("refusal", column, together, y);
        together = new ArrayList<>();
      }
      column = together.isEmpty() ? next.getKey() : column;
      together.addAll(next.getValue());
    }
    if (!together.isEmpty()) {
      draw("refusal", column, together, y);
    }
  }

  private static double room(List<Story.Entry> entries) {
    long arrivals = arrivals(entries);
    int digits = arrivals > 1 ? Say.IT.number(arrivals).length() : 0;
    return MARK + digits * CHARACTER;
  }

  private static long arrivals(List<Story.Entry> entries) {
    return entries.stream().mapToLong(Story.Entry::count).sum();
  }

  private void draw(Folded folded, double y) {
    Segment first = folded.segments.get(0);
    double start = x(folded.start) + (first.earlier ? 0 : columnWidth / 2);
    // To the middle of the last column, or on to the edge.
    boolean goesOn = folded.segments.stream().anyMatch(s -> s.kind.equals("running"));
    double end = goesOn ? x(columns) : x(folded.end) + columnWidth / 2;
    double width = Math.max(BAR_MIN, end - start);
    if (folded.segments.size() == 1) {
      String run = Say.IT.cut(first.runId, 60) + (first.attempt > 1 ? " #" + first.attempt : "");
      bars.add(
          new Bar(
              first.kind,
              start,
              y,
              width,
              BAR,
              label(run, width),
              "Run " + run + ", " + first.kind,
              new Link(null, null, first.runId, first.attempt, first.from, first.to)));
    } else {
      long to = folded.segments.stream().mapToLong(s -> s.to).max().orElse(first.to);
      String title = folded.segments.size() + " runs" + outcomes(folded.segments);
      bars.add(
          new Bar(
              "many",
              start,
              y,
              width,
              BAR,
              label(folded.segments.size() + " runs", width),
              title,
              Link.range(first.from, to)));
    }
  }

  private static String outcomes(List<Segment> segments) {
    Map<String, Integer> counts = new TreeMap<>();
    segments.forEach(segment -> counts.merge(segment.kind, 1, Integer::sum));
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (kind, count) ->
            text.append(text.isEmpty() ? ": " : ", ").append(count).append(' ').append(kind));
    return text.toString();
  }

  private static String label(String text, double width) {
    int characters = (int) ((width - 8) / CHARACTER);
    if (width < LABEL_MIN || characters < 3) {
      return "";
    }
    return Say.IT.cut(text, Text.length(text) <= characters ? characters : characters - 1);
  }

  private void draw(String kind, int column, List<Story.Entry> entries, double y) {
    Story.Entry first = entries.get(0);
    Story.Entry last = entries.get(entries.size() - 1);
    long arrivals = arrivals(entries);
    boolean refusal = kind.equals("refusal");
    String title;
    if (entries.size() == 1) {
      title =
          refusal
              ? Say.IT.cut(first.type(), 60)
                  + (first.runId() == null ? "" : " of run " + Say.IT.cut(first.runId(), 60))
                  + " refused: "
                  + first.doc().text("reason")
                  + (arrivals > 1 ? ", " + arrivals + " times" : "")
              : Say.IT.words(first.type()) + ", version " + first.version();
    } else {
      title = arrivals + (refusal ? " refusals" : " events");
    }
    Link link =
        entries.size() > 1
            ? Link.range(first.version(), last.version())
            : refusal
                ? new Link(
                    null,
                    first.doc().text("decisionId"),
                    null,
                    null,
                    first.version(),
                    first.version())
                : Link.event(first.version());
    marks.add(
        new Mark(
            kind,
            x(column) + Math.max(columnWidth / 2, 4),
            y,
            arrivals > 1 ? Say.IT.number(arrivals) : "",
            title,
            link));
  }

  private void draw(int column, List<Rotation> here) {
    Rotation first = here.get(0);
    Rotation last = here.get(here.size() - 1);
    double top = first.ended().y;
    double bottom = last.next().y + last.next().height;
    String title =
        here.size() == 1
            ? Say.IT.words(first.entry().type())
                + by(first.entry())
                + ", version "
                + first.entry().version()
            : here.size() + " rotations";
    boundaries.add(
        new Boundary(
            x(column) + columnWidth / 2,
            top,
            bottom - top,
            title,
            here.size() == 1
                ? Link.event(first.entry().version())
                : Link.range(first.entry().version(), last.entry().version())));
  }

  private static String by(Story.Entry rotation) {
    String actor = rotation.doc().text("actor");
    String reason = rotation.doc().text("reason");
    return (actor == null ? "" : " by " + Say.IT.cut(actor, 40))
        + (reason == null ? "" : ": " + Say.IT.cut(reason, 80));
  }

  private void draw(GapBuild gap) {
    gaps.add(
        new Gap(
            x(gap.from()),
            TOP,
            Math.max(6, (gap.to() - gap.from() + 1) * columnWidth),
            height - AXIS - TOP,
            gap.title(),
            gap.count() == 1 ? Link.event(gap.first()) : Link.range(gap.first(), gap.last())));
  }

  /** A few times: enough to tell how fast it went. */
  private void axis() {
    int size = story.entries().size();
    boolean isShort = isShort();
    int wanted = Math.min(TICKS, size);
    String day = "";
    double free = 0;
    for (int i = 0; i < wanted; i++) {
      int entry = wanted == 1 ? 0 : (int) ((long) i * (size - 1) / (wanted - 1));
      String when = story.entries().get(entry).when();
      String time = isShort ? Say.IT.milli(when) : Say.IT.time(when);
      double x = x(column(entry)) + columnWidth / 2;
      if (time.length() > DAY) {
        boolean sameDay = time.startsWith(day) && !day.isEmpty();
        String text = sameDay ? time.substring(DAY + 1) : time;
        double half = text.length() * CHARACTER / 2.0;
        double at = Math.min(WIDTH - half, x);
        if (at - half > free) {
          free = at + half;
          day = time.substring(0, DAY);
          ticks.add(new Tick(at, text));
        }
      }
    }
  }

  /** True when the axis would say the same second again and again. */
  private boolean isShort() {
    List<Story.Entry> entries = story.entries();
    String first = entries.isEmpty() ? null : entries.get(0).when();
    String last = entries.isEmpty() ? null : entries.get(entries.size() - 1).when();
    return first != null
        && last != null
        && Duration.between(Instant.parse(first), Instant.parse(last)).compareTo(SHORT) < 0;
  }

  int shapes() {
    return lanes.size()
        + bars.size()
        + boundaries.size()
        + marks.size()
        + gaps.size()
        + ticks.size();
  }

  public int width() {
    return WIDTH;
  }

  public int left() {
    return LEFT;
  }

  public double height() {
    return height;
  }

  public List<Lane> lanes() {
    return lanes;
  }

  public List<Bar> bars() {
    return bars;
  }

  public List<Boundary> boundaries() {
    return boundaries;
  }

  public List<Mark> marks() {
    return marks;
  }

  public List<Gap> gaps() {
    return gaps;
  }

  public List<Tick> ticks() {
    return ticks;
  }

  /** What a picture says to who does not see it. */
  public String summary() {
    long refusals =
        story.entries().stream().filter(Story.Entry::refusal).mapToLong(Story.Entry::count).sum();
    return Say.IT.count((long) generations.size(), "generation", "generations")
        + ", versions "
        + story.first()
        + " to "
        + story.last()
        + ", "
        + Say.IT.count(refusals, "refused arrival", "refused arrivals");
  }
}
