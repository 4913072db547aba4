package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.api.LedgerStorage;

/** The console in a real browser. Skipped where there is none, but not in CI. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SESSION = "/console/session?key=";

  /** With {@code -Dscreenshots=true} the pictures of docs/console.md are taken anew. */
  private static final boolean SCREENSHOTS = Boolean.getBoolean("screenshots");

  private Site site;
  private ChromeDriver browser;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Optional<File> chromium = found("chromium", "chromium-browser", "google-chrome");
    Optional<File> driver = found("chromedriver");
    assumeTrue(
        "true".equals(System.getenv("CI")) || (chromium.isPresent() && driver.isPresent()),
        "no Chromium here; apt-get install chromium chromium-driver brings one");
    site = new Site(folder);
    site.replayTheRace();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--force-prefers-reduced-motion",
        "--window-size=1100,1140");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.orElseThrow()).build(),
            options);
    browser.manage().timeouts().scriptTimeout(PATIENCE);
  }

  private static Optional<File> found(String... names) {
    return Stream.of(names)
        .map(name -> new File("/usr/bin", name))
        .filter(File::exists)
        .findFirst();
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (site != null) {
      site.close();
    }
  }

  @BeforeEach
  void inTheLight() {
    scheme("light");
  }

  private void scheme(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private void open(String path) {
    browser.get(site.server.uri() + path);
  }

  private WebElement one(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private boolean has(String selector) {
    return !browser.findElements(By.cssSelector(selector)).isEmpty();
  }

  private void await(String what, java.util.function.BooleanSupplier holds) {
    new WebDriverWait(browser, PATIENCE, Duration.ofMillis(20))
        .ignoring(StaleElementReferenceException.class)
        .withMessage(what)
        .until(b -> holds.getAsBoolean());
  }

  private void awaitText(String selector, String text) {
    await(
        selector + " says " + text, () -> has(selector) && one(selector).getText().contains(text));
  }

  private void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  /** What a reload would lose. */
  private void mark() {
    browser.executeScript("window.notReloaded = true");
  }

  private boolean isMarked() {
    return Boolean.TRUE.equals(browser.executeScript("return window.notReloaded === true"));
  }

  private void listening() {
    await(
        "the page listens",
        () ->
            browser.executeScript(
                    "return performance.getEntriesByType('resource')"
                        + ".some(e => e.name.includes('/console/rows'))"
                        + " || document.querySelectorAll('tr[data-session]').length === 0")
                == Boolean.TRUE);
  }

  @Test
  void the_race_shows_the_new_generation_idle_and_the_refused_mark() {
    open("/");
    one("a[href*='reset-grace']").click();
    await("the session's page", () -> browser.getTitle().startsWith(Site.RACE));
    assertThat(one("#live .status").getText()).isEqualTo("idle");
    assertThat(browser.findElements(By.cssSelector(".lane .name")))
        .extracting(WebElement::getText)
        .containsExactly("Generation 1", "Generation 2");
    one(".mark.refusal").click();
    awaitText("#detail", "was refused: run-superseded");
    awaitText("#detail", "The way out:");
    // Nothing was complained about, a forbidden script or style included.
    assertThat(browser.manage().logs().get("browser").getAll()).isEmpty();
  }

  @Test
  void the_link_of_the_first_start_signs_in_and_leaves_no_token_in_the_address(
      @TempDir Path folder) {
    LedgerServer.Options options =
        new LedgerServer.Options(
            LedgerServer.Options.LOOPBACK,
            0,
            new LedgerStorage.Folder(folder),
            LedgerServer.Options.LEASE,
            List.of(),
            AccessOptions.TOKENS,
            null);
    try (LedgerServer asking = LedgerServer.start(options)) {
      browser.get(asking.firstSignIn());
      await("the form is filled in", () -> !one("#token").getAttribute("value").isEmpty());
      assertThat(browser.getCurrentUrl()).isEqualTo(asking.uri() + "/console/sign-in");
      press(Keys.ENTER);
      await("the console", () -> browser.getCurrentUrl().equals(asking.uri() + "/"));
      browser.manage().deleteAllCookies();
    }
  }

  @Test
  void a_change_appears_without_a_reload() {
    site.decide("type", "OpenSession", "sessionKey", "live:1", "sessionId", "l-1");
    site.seen("live:1");
    open("/");
    mark();
    listening();
    site.decide("type", "StartRun", "sessionKey", "live:1", "sessionId", "l-1", "runId", "l-run");
    awaitText("tr[data-session='live:1']", "running");
    site.decide("type", "OpenSession", "sessionKey", "live:2", "sessionId", "l-2");
    site.seen("live:2");
    awaitText("[data-newer]", "1 newer");
    one("[data-newer] a").click();
    awaitText("tr[data-session='live:2']", "idle");
    // Whoever searches hears of what he searches for.
    one("input[name=prefix]").sendKeys("live:");
    await("the search", () -> !has("tr[data-session='" + Site.RACE + "']"));
    site.decide("type", "CompleteRun", "sessionKey", "live:1", "runId", "l-run");
    awaitText("tr[data-session='live:1']", "done");
    assertThat(isMarked()).isTrue();
  }

  @Test
  void events_and_refusals_appear_in_the_picture_without_a_reload() {
    site.decide("type", "OpenSession", "sessionKey", "p", "sessionId", "p-1");
    site.seen("p");
    open(SESSION + "p");
    mark();
    site.decide("type", "StartRun", "sessionKey", "p", "sessionId", "p-1", "runId", "p-run");
    await("the run's bar", () -> has(".bar.running"));
    site.decide("type", "ResetSession", "sessionKey", "p", "actor", "ada");
    site.decide("type", "FailRun", "sessionKey", "p", "runId", "p-run", "errorMessage", "late");
    await("the refusal's mark", () -> has(".mark.refusal"));
    assertThat(one("#live .status").getText()).isEqualTo("idle");
    assertThat(isMarked()).isTrue();
  }

  @Test
  void a_reset_ends_in_the_timeline_and_a_stale_one_is_refused() {
    site.decide("type", "OpenSession", "sessionKey", "r", "sessionId", "r-1");
    site.decide("type", "StartRun", "sessionKey", "r", "sessionId", "r-1", "runId", "r-run");
    site.seen("r");
    order("it hangs");
    String first = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    order("me too");
    String second = browser.getWindowHandle();

    browser.switchTo().window(first);
    assertThat(one("main").getText()).contains("It would end 1 open run", "r-run");
    shoot("dry-run");
    one("button.danger").click();
    awaitText(".decision", "Done.");
    site.seen("r");
    one("main .actions a").click();
    awaitText(".twin", "it hangs");
    assertThat(one(".twin").getText()).contains("Session reset", "ada");
    assertThat(one(".boundary").getDomAttribute("aria-label")).contains("by ada: it hangs");

    browser.switchTo().window(second);
    one("button.danger").click();
    awaitText(".decision", "Refused: expected-generation");
    assertThat(one(".decision").getText()).contains("The way out:", "ada");
    browser.close();
    browser.switchTo().window(first);
  }

  private void order(String reason) {
    open("/console/act?key=r&action=reset");
    one("textarea[name=reason]").sendKeys(reason);
    one("input[name=actor]").sendKeys("ada");
    one("main form button").click();
    awaitText(".decision", "It would be accepted.");
  }

  @Test
  void the_keyboard_is_enough() {
    open("/");
    press(Keys.TAB);
    assertThat(browser.switchTo().activeElement().getText()).isEqualTo("Skip to the content");
    press("?");
    await("the help", () -> has("dialog[open]"));
    press(Keys.ESCAPE);
    await("no help", () -> !has("dialog[open]"));
    press("/");
    press("agent:main");
    await("the filter", () -> browser.getCurrentUrl().contains("prefix=agent"));
    browser.executeScript("document.activeElement.blur()");
    press("j");
    press(Keys.ENTER);
    await("the session's page", () -> browser.getTitle().startsWith(Site.RACE));
    String whole = one(".zoom").getText();
    open(browser.getCurrentUrl().replace(site.server.uri().toString(), "") + "&from=2&to=3");
    press("-");
    await("a wider range", () -> !one(".zoom").getText().contains("Versions 2 to 3"));
    press("0");
    await("everything", () -> one(".zoom").getText().startsWith(whole.substring(0, 15)));
    browser.executeScript("document.querySelector('.mark.refusal').focus()");
    press(Keys.ENTER);
    awaitText("#detail", "was refused");
    press("r");
    await("the refusals", () -> browser.getTitle().startsWith("Refusals"));
  }

  private static Map<String, String> pages(String story) {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("sessions", "/");
    pages.put("session", SESSION + Site.RACE);
    pages.put("story", SESSION + story);
    pages.put("runs", "/console/runs?key=" + Site.RACE);
    pages.put("lineage", "/console/lineage?key=" + Site.RACE);
    pages.put("past", "/console/past?key=" + Site.RACE);
    pages.put("audit", "/console/audit?key=" + Site.RACE);
    pages.put("refusals", "/console/refusals");
    pages.put("views", "/console/views");
    pages.put("gateways", "/console/gateways");
    pages.put("act", "/console/act?action=reset&key=" + Site.RACE);
    pages.put("problem", SESSION + "nobody");
    return pages;
  }

  @Test
  void nobody_is_shut_out_and_nothing_scrolls_sideways() throws IOException {
    String axe;
    try (InputStream in =
        Objects.requireNonNull(BrowserTest.class.getResourceAsStream("/axe.min.js"))) {
      axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    pages(site.tellAStory())
        .forEach(
            (name, path) -> {
              open(path);
              if (name.equals("session")) {
                browser.executeScript(
                    "document.querySelector('.mark.refusal').dispatchEvent("
                        + "new MouseEvent('click', {bubbles: true, cancelable: true}))");
                awaitText("#detail", "was refused");
              }
              if (name.equals("audit")) {
                awaitText("#by-key", "Without the fence");
              }
              browser.executeScript(axe);
              assertThat(violations("{resultTypes: ['violations']}")).as(name).isEmpty();
              shoot(name);
              scheme("dark");
              assertThat(violations("{runOnly: ['color-contrast']}")).as(name + " dark").isEmpty();
              if (name.equals("session")) {
                shoot("session-dark");
              }
              scheme("light");
              width(360);
              assertThat(browser.executeScript("return document.scrollingElement.scrollWidth"))
                  .as(name)
                  .isEqualTo(360L);
              if (name.equals("sessions")) {
                shoot("phone");
              }
              browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
            });
  }

  private void width(int width) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 740, "deviceScaleFactor", 1, "mobile", true));
  }

  private List<?> violations(String options) {
    return (List<?>)
        browser.executeAsyncScript(
            "const done = arguments[0]; axe.run(document, "
                + options
                + ").then(r => done(r.violations"
                + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary)"
                + ".join('; '))), e => done([String(e)]))");
  }

  private void shoot(String name) {
    if (!SCREENSHOTS) {
      return;
    }
    browser.executeScript("scrollTo(0, 0)");
    try {
      Path folder = Files.createDirectories(Path.of("..", "docs", "images"));
      Files.write(
          folder.resolve("console-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
