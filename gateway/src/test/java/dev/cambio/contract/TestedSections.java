package dev.cambio.contract;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Counts the tests of each section of the contract by their names: a class names the document, a
 * test its section. A test of several sections counts for each.
 */
final class TestedSections {
  private static final Pattern REFERENCE =
      Pattern.compile("(token-endpoint|actions-runtime|management-api)|§(\\d+(?:\\.\\d+)*)");

  private final TestPlan plan;
  private final Map<String, Integer> counts = new TreeMap<>();

  private TestedSections(TestPlan plan) {
    this.plan = plan;
  }

  /** Tests by document and section, e.g. {@code token-endpoint §1.1}. */
  static Map<String, Integer> count() {
    TestPlan plan =
        LauncherFactory.create()
            .discover(
                LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectPackage("dev.cambio"))
                    .filters(includeClassNamePatterns(".*IT"))
                    .build());
    TestedSections tested = new TestedSections(plan);
    plan.getRoots().forEach(root -> tested.visit(root, List.of(), List.of()));
    return tested.counts;
  }

  /**
   * Goes through a container or test.
   *
   * @param documents that the classes around it name
   * @param around the sections that they name, used where the test names none
   */
  private void visit(TestIdentifier identifier, List<String> documents, List<String> around) {
    List<String> named = documentsIn(identifier.getDisplayName());
    List<String> sections = new ArrayList<>();
    String before = "";
    Matcher references = REFERENCE.matcher(identifier.getDisplayName());
    while (references.find()) {
      if (references.group(1) != null) {
        before = references.group(1);
      } else {
        String number = " §" + references.group(2);
        String document = named.size() == 1 ? named.getFirst() : before;
        sections.add(
            (document.isEmpty() ? inherited(documents, around, number) : document) + number);
      }
    }
    List<String> inner = named.isEmpty() ? documents : named;
    List<String> of = sections.isEmpty() ? around : List.copyOf(sections);
    List<TestIdentifier> children = List.copyOf(plan.getChildren(identifier));
    // A parameterized test is one test here: its cases are known only when it runs.
    if (children.isEmpty() && identifier.getSource().isPresent()) {
      of.stream().distinct().forEach(section -> counts.merge(section, 1, Integer::sum));
    }
    children.forEach(child -> visit(child, inner, of));
  }

  private static List<String> documentsIn(String name) {
    return REFERENCE
        .matcher(name)
        .results()
        .map(reference -> reference.group(1))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** The document around that names the section, or else the first one. */
  private static String inherited(List<String> documents, List<String> around, String number) {
    return documents.stream()
        .filter(document -> around.contains(document + number))
        .findFirst()
        .or(() -> documents.stream().findFirst())
        .orElse("");
  }
}
