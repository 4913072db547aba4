package org.sessionledger.core.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Who inherits the suite needs JUnit Jupiter and AssertJ, and nothing of the ledger. */
class KitTest {

  @Test
  void the_kit_stands_alone() {
    classes()
        .that()
        .haveNameNotMatching(".*(Test|LedgerRuntime)([$].*)?")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "org.junit.jupiter.api..",
            "org.assertj.core..",
            "org.sessionledger.core.conformance..")
        .check(new ClassFileImporter().importPackages("org.sessionledger.core.conformance"));
  }
}
