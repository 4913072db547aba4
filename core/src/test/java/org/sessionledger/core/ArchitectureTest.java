package org.sessionledger.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import org.jspecify.annotations.NullMarked;

/** How core hangs together, in sentences that the build holds. */
@AnalyzeClasses(
    packages = "org.sessionledger.core",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String IDENTITY = "org.sessionledger.core.identity..";
  private static final String SESSION = "org.sessionledger.core.session..";
  private static final String STORE = "org.sessionledger.core.store..";
  private static final String LEDGER = "org.sessionledger.core.ledger..";

  @ArchTest
  static final ArchRule identity_is_plain_java =
      classes()
          .that()
          .resideInAPackage(IDENTITY)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              IDENTITY,
              "java..",
              "org.jspecify.annotations..",
              "com.fasterxml.jackson.annotation..");

  @ArchTest
  static final ArchRule a_session_knows_neither_the_store_nor_the_ledger =
      noClasses()
          .that()
          .resideInAPackage(SESSION)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STORE, LEDGER);

  @ArchTest
  static final ArchRule the_store_does_not_know_the_ledger =
      noClasses()
          .that()
          .resideInAPackage(STORE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(LEDGER);

  @ArchTest
  static final ArchRule there_is_no_spring_in_core =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

  @ArchTest
  static final ArchRule only_the_store_speaks_sql =
      noClasses()
          .that()
          .resideOutsideOfPackage(STORE)
          // They open H2's file, read the vendor's code of why it cannot be opened or written, and
          // run no statement.
          .and()
          .doNotHaveFullyQualifiedName("org.sessionledger.core.ledger.DataFolder")
          .and(not(belongToDatabaseFile()))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.sql..");

  @ArchTest
  static final ArchRule only_the_store_and_the_ledger_know_of_databases =
      noClasses()
          .that(not(resideInAnyPackage(STORE, LEDGER)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("javax.sql..", "com.zaxxer.hikari..", "org.flywaydb..", "org.h2..");

  /** A new session id begins with the time at which it was made; nothing is decided by it. */
  @ArchTest
  static final ArchRule a_session_reads_no_clock =
      noClasses()
          .that()
          .resideInAnyPackage(IDENTITY, SESSION)
          .and()
          .doNotHaveFullyQualifiedName("org.sessionledger.core.session.Uuid7")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class);

  @ArchTest
  static final ArchRule the_leaves_of_a_sealed_interface_are_records =
      classes()
          .that()
          .areNotInterfaces()
          .and(implementASealedInterfaceOfOurs())
          .should()
          .beRecords();

  @ArchTest
  static final ArchRule every_package_is_null_marked_and_says_what_lives_there =
      classes()
          .that()
          .areTopLevelClasses()
          .should(
              new ArchCondition<>("live in a package with a @NullMarked package-info") {
                @Override
                public void check(JavaClass each, ConditionEvents events) {
                  boolean marked = each.getPackage().isAnnotatedWith(NullMarked.class);
                  events.add(
                      new SimpleConditionEvent(
                          each,
                          marked,
                          each.getFullName() + " lives in a package that is not null-marked"));
                }
              });

  @ArchTest
  static final ArchRule nothing_hangs_together_in_circles =
      slices().matching("org.sessionledger.core.(*)..").should().beFreeOfCycles();

  private static DescribedPredicate<JavaClass> belongToDatabaseFile() {
    return describe(
        "belong to the embedded database's file",
        each -> each.getName().startsWith("org.sessionledger.core.ledger.DatabaseFile"));
  }

  private static DescribedPredicate<JavaClass> implementASealedInterfaceOfOurs() {
    return describe(
        "implement a sealed interface",
        each ->
            !each.getModifiers().contains(JavaModifier.SYNTHETIC)
                && each.getAllRawInterfaces().stream()
                    .anyMatch(type -> isOurs(type) && type.reflect().isSealed()));
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("org.sessionledger");
  }
}
