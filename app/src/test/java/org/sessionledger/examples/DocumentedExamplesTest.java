package org.sessionledger.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show as an example is what runs here, to the letter. */
class DocumentedExamplesTest {

  private static final Path DOCS = Path.of("../docs");

  /** A mark with the name of a file in the repository, and the code after it. */
  private static final Pattern SHOWN =
      Pattern.compile("<!-- example: (\\S+) -->\\s*```java\\n(.*?)```", Pattern.DOTALL);

  private static final Pattern CODE =
      Pattern.compile("// example: \\S+\\n(.*?)// end", Pattern.DOTALL);

  @Test
  void the_code_in_the_documents_is_the_code_of_the_examples() throws IOException {
    List<MatchResult> shown;
    try (Stream<Path> files = Files.list(DOCS)) {
      shown =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .map(DocumentedExamplesTest::read)
              .flatMap(text -> SHOWN.matcher(text).results())
              .toList();
    }
    assertThat(shown).hasSizeGreaterThanOrEqualTo(2);
    for (MatchResult example : shown) {
      Matcher code = CODE.matcher(read(Path.of("..").resolve(example.group(1))));
      assertThat(code.find()).as("%s has a marked part", example.group(1)).isTrue();
      assertThat(example.group(2))
          .as("%s in the documents", example.group(1))
          .isEqualTo(code.group(1));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
