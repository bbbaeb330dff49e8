package dev.cambio.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.hazelcast.map.EntryProcessor;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;

/** The few rules that keep the request's path readable. */
@AnalyzeClasses(packages = "dev.cambio.gateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule onlyTheNodeKnowsTheRuntime =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Node.class.getName())
          .and()
          .doNotHaveFullyQualifiedName(NodeConfiguration.class.getName())
          .and()
          .doNotHaveFullyQualifiedName(OfflineTrial.class.getName())
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.cambio.runtime..");

  @ArchTest
  static final ArchRule onlyHttpKnowsRoutingContexts =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.cambio.gateway.http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.ext.web..");

  @ArchTest
  static final ArchRule tokenNeverNamesItsGrants =
      noClasses()
          .that()
          .resideInAPackage("dev.cambio.gateway.token..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.cambio.gateway.exchange..");

  @ArchTest
  static final ArchRule nothingBelowKnowsHttp =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..token..",
              "..exchange..",
              "..grant..",
              "..management..",
              "..login..",
              "..user..",
              "..client..",
              "..audience..",
              "..action..",
              "..key..",
              "..log..",
              "..store..",
              "..inbound..",
              "..error..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..gateway.http..", "..gateway.cli..", "..gateway.ops..");

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
                          Gateway.forms().stream()
                              .anyMatch(form -> form.type().getName().equals(type.getName())))));

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.cambio.gateway.(*)..").should().beFreeOfCycles();
}
