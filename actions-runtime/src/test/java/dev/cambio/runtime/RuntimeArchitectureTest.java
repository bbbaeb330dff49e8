package dev.cambio.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.hazelcast.map.EntryProcessor;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;

/** What the two sides of the pipe may know. */
@AnalyzeClasses(
    packages = "dev.cambio.runtime",
    importOptions = ImportOption.DoNotIncludeTests.class)
class RuntimeArchitectureTest {
  private static final String GUEST = "dev.cambio.runtime.guest..";
  private static final String FRAME = "dev.cambio.runtime.frame..";
  private static final String SANDBOX = "dev.cambio.runtime.guest.sandbox..";
  private static final String CRYPTO = "dev.cambio.runtime.guest.crypto..";

  @ArchTest
  static final ArchRule onlyTheSandboxKnowsGraal =
      noClasses()
          .that()
          .resideOutsideOfPackage(SANDBOX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.graalvm..", "com.oracle.truffle..");

  @ArchTest
  static final ArchRule guestAndFramesNeedOnlyTheJdkAndGraal =
      noClasses()
          .that()
          .resideInAnyPackage(GUEST, FRAME)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..",
              "com.fasterxml..",
              "com.hazelcast..",
              "org.slf4j..",
              "dev.cambio.model..",
              "dev.cambio.runtime",
              "dev.cambio.runtime.host..",
              "dev.cambio.runtime.process..");

  @ArchTest
  static final ArchRule theNodeNeverLoadsGuestClasses =
      noClasses()
          .that()
          .resideOutsideOfPackages(GUEST)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(GUEST);

  @ArchTest
  static final ArchRule framesKnowNobody =
      noClasses()
          .that()
          .resideInAPackage(FRAME)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(GUEST, SANDBOX, CRYPTO);

  @ArchTest
  static final ArchRule whatIsSentToEntriesHasAForm =
      classes()
          .that()
          .areAssignableTo(EntryProcessor.class)
          .and()
          .areNotInterfaces()
          .should(
              ArchCondition.from(
                  DescribedPredicate.describe(
                      "have a form",
                      type ->
                          ActionsNode.forms().stream()
                              .anyMatch(form -> form.type().getName().equals(type.getName())))));
}
