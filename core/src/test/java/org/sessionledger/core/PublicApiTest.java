package org.sessionledger.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a program can see of core, to the last method: {@code src/test/resources/api/core.txt}. A
 * change of it is a change of the version (CHANGELOG.md); write the list anew with {@code mvn -pl
 * core test -Dtest=PublicApiTest -Dapi.write=true}.
 */
class PublicApiTest {

  private static final Path LIST = Path.of("src/test/resources/api/core.txt");

  @Test
  void the_public_types_are_the_listed_ones() throws IOException {
    List<String> found = new ArrayList<>();
    new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.sessionledger.core")
            .stream()
            .map(JavaClass::reflect)
            .filter(PublicApiTest::isVisible)
            .sorted(Comparator.comparing(Class::getName))
            .forEach(type -> describe(type, found));
    if (Boolean.getBoolean("api.write")) {
      Files.write(LIST, found);
    }
    assertThat(found).isEqualTo(Files.readAllLines(LIST));
  }

  private static boolean isVisible(Class<?> type) {
    return !type.isSynthetic()
        && !type.isAnonymousClass()
        && Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
  }

  private static void describe(Class<?> type, List<String> lines) {
    lines.add(type.toGenericString());
    Stream.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
        .flatMap(Arrays::<Member>stream)
        .filter(PublicApiTest::isVisible)
        .map(PublicApiTest::signature)
        .sorted()
        .forEach(line -> lines.add("  " + line));
  }

  private static boolean isVisible(Member member) {
    return !member.isSynthetic()
        && (Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()))
        && !(member instanceof Method method && isOfEveryRecord(method));
  }

  private static boolean isOfEveryRecord(Method method) {
    return method.getDeclaringClass().isRecord()
        && List.of("equals", "hashCode", "toString").contains(method.getName());
  }

  private static String signature(Member member) {
    return member instanceof Executable executable
        ? executable.toGenericString()
        : ((Field) member).toGenericString();
  }
}
