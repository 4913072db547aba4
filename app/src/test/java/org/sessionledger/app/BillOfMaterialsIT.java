package org.sessionledger.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;

/** The jar says what it is made of, so that known holes are found by a list and not by luck. */
class BillOfMaterialsIT {

  private static final String LIBRARIES = "BOOT-INF/lib/";

  @Test
  void every_library_in_the_jar_is_in_its_bill_and_no_other() throws Exception {
    try (JarFile jar = new JarFile(Path.of("target/session-ledger.jar").toFile())) {
      ZipEntry bill = jar.getEntry("META-INF/sbom/application.cdx.json");
      assumeTrue(
          bill != null || "true".equals(System.getenv("CI")),
          "a build without the network (mvn -o) makes no bill of materials");
      listsWhatIsIn(jar, bill);
    }
  }

  private static void listsWhatIsIn(JarFile jar, ZipEntry entry) throws IOException {
    try (InputStream bill = jar.getInputStream(entry)) {
      JsonNode document = Json.tree(new String(bill.readAllBytes(), StandardCharsets.UTF_8));
      TreeSet<String> listed = new TreeSet<>();
      for (JsonNode component : document.path("components")) {
        listed.add(
            component.path("name").asText() + "-" + component.path("version").asText() + ".jar");
      }
      List<String> packed =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
              .map(name -> name.substring(LIBRARIES.length()))
              .toList();
      assertThat(packed).hasSizeGreaterThan(40);
      assertThat(listed).containsAll(packed);
      assertThat(listed)
          .noneMatch(name -> name.startsWith("junit") || name.startsWith("spring-boot-test"));
    }
  }
}
