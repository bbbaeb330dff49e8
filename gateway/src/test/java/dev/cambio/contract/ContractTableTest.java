package dev.cambio.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The README's table of the contract")
class ContractTableTest {
  private static final Path SECTIONS =
      Path.of("src", "test", "resources", "contract", "sections.txt");
  private static final Path README = Path.of("..", "README.md");
  private static final String BEGIN = "<!-- contract table: begin -->\n";
  private static final String END = "<!-- contract table: end -->\n";

  /** A section that must be tested. */
  private record Section(String document, String number, String title) {
    String key() {
      return document + " §" + number;
    }

    String chapter() {
      return number.replaceFirst("\\..*", "");
    }
  }

  @Test
  @DisplayName("names every section that is built, each with its tests; -Dcambio.contract=apply")
  void isTrue() throws IOException {
    Map<String, Integer> tested = TestedSections.count();
    List<Section> sections = sections();
    assertThat(sections.stream().map(Section::key).filter(key -> !tested.containsKey(key)))
        .as("sections without a test")
        .isEmpty();

    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    String expected = readme.substring(0, begin) + table(sections, tested) + readme.substring(end);
    if ("apply".equals(System.getProperty("cambio.contract"))) {
      Files.writeString(README, expected);
    } else {
      assertThat(readme).as("the README says how to write its table anew").isEqualTo(expected);
    }
  }

  private static String table(List<Section> sections, Map<String, Integer> tested) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    Map<String, String> titles = new LinkedHashMap<>();
    for (Section section : sections) {
      String row = section.document() + " §" + section.chapter();
      titles.putIfAbsent(row, section.title());
      rows.computeIfAbsent(row, key -> new ArrayList<>())
          .add("§%s: %d".formatted(section.number(), tested.get(section.key())));
    }
    StringBuilder table =
        new StringBuilder("| contract | what | section: tests |\n|---|---|---|\n");
    rows.forEach(
        (row, cells) ->
            table.append(
                "| %s | %s | %s |\n".formatted(row, titles.get(row), String.join(" · ", cells))));
    return table.toString();
  }

  /** The file has a line per section: document, number, and the chapter's title on its first. */
  private static List<Section> sections() throws IOException {
    List<Section> sections = new ArrayList<>();
    for (String line : Files.readAllLines(SECTIONS)) {
      String[] parts = line.split(" ", 3);
      sections.add(new Section(parts[0], parts[1], parts.length > 2 ? parts[2] : ""));
    }
    return sections;
  }
}
