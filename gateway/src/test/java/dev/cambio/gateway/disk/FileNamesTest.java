package dev.cambio.gateway.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("File names for entities")
class FileNamesTest {
  private static List<String> of(String... names) {
    FileNames files = new FileNames(".json");
    return Stream.of(names).map(files::of).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "app, app",
    "My App 2.0, My App 2.0",
    "a@b_c-d, a@b_c-d",
    "a/b, a-b",
    "'../../etc/passwd', --..-etc-passwd",
    "/etc/passwd, -etc-passwd",
    "'..', -",
    "'.', -",
    "'', -",
    "' ', -",
    "'.hidden', -hidden",
    "'end.', end-",
    "'C:\\x', C--x",
    "CON, -CON",
    "nul.js, -nul.js",
    "console, console",
    "Größe, Gr--e"
  })
  void makesThemHarmless(String name, String file) {
    assertThat(of(name)).containsExactly(file);
  }

  @Test
  void takesNoControlCharacters() {
    assertThat(of("a\0b", "c\nd", "e\u202ef")).containsExactly("a-b", "c-d", "e-f");
  }

  @Test
  void bounds() {
    List<String> files = of("x".repeat(10_000), "x".repeat(9_999), "é".repeat(300));

    assertThat(files).doesNotHaveDuplicates().allMatch(file -> file.length() <= 160);
  }

  @Test
  @DisplayName("no two meet, not by case and not by an extension")
  void neverMeet() {
    List<String> files = of("a/b", "a:b", "A-B", "a-b-2", "x", "x.json", "y.json", "y", "X.JSON");

    assertThat(files)
        .containsExactly(
            "a-b", "a-b-2", "A-B-3", "a-b-2-2", "x", "x.json-2", "y.json", "y-2", "X.JSON-3");
    assertThat(
            files.stream()
                .flatMap(file -> Stream.of(file, file + ".json"))
                .map(file -> file.toLowerCase(Locale.ROOT)))
        .doesNotHaveDuplicates();
  }
}
