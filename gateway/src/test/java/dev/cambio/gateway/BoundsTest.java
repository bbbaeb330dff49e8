package dev.cambio.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.exchange.TokenExchangeProfiles;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.user.Connections;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What grows, and where it ends")
class BoundsTest {
  private static final Path HOME = ConfigLoader.home();
  private static final Path PAGE = HOME.resolve("gateway/docs/bounds.md");
  private static final List<String> MODULES = List.of("shared-model", "actions-runtime", "gateway");

  /** A new collection that can grow, as a field is set to one. */
  private static final String GROWING =
      "\\s*=\\s*(?:new\\s+(?:Concurrent\\w+|CopyOnWrite\\w+|\\w*Hash(?:Map|Set)|Tree(?:Map|Set)|EnumMap"
          + "|ArrayDeque|ArrayList|LinkedList|\\w*Blocking(?:Queue|Deque)|PriorityQueue)\\b"
          + "|Caffeine\\s*\\.newBuilder|ConcurrentHashMap\\s*\\.newKeySet"
          + "|Collections\\s*\\.(?:synchronized|newSetFromMap))";

  /** Fields as the formatter writes them: declared with a collection, or set in a constructor. */
  private static final List<Pattern> FIELDS =
      List.of(
          Pattern.compile(
              "(?m)^ {2,4}(?:(?:private|protected|public|static|final|volatile) )+[^=;()]*?(\\w+)"
                  + GROWING),
          Pattern.compile("(?m)^ {2}[A-Z][\\w.]*(?:<[^=;()]*>)? (\\w+)" + GROWING),
          Pattern.compile("(?m)^ {4}(?:this\\.)?(\\w+)" + GROWING),
          Pattern.compile(
              "(?m)^ {2}(?:private )?final"
                  + " (?:IMap|SharedMap|MultiMap|ReplicatedMap|ISet|IQueue)<[^;=()]*> (\\w+);"));

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+\\.\\w+)` \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final Pattern PACKAGE =
      Pattern.compile("(?m)^\\| `(dev\\.cambio\\.[\\w.]+)` \\| ([^|]+) \\|$");

  @Test
  @DisplayName("each field that can grow stands in gateway/docs/bounds.md, and nothing else does")
  void fields() throws IOException {
    String page = Files.readString(PAGE);
    Set<String> passedOver = matches(PACKAGE, page).collect(Collectors.toSet());
    Set<String> growing = new TreeSet<>();
    for (String module : MODULES) {
      Path root = HOME.resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(
                file ->
                    passedOver.stream()
                        .noneMatch(
                            root.relativize(file.getParent()).toString().replace('/', '.')
                                ::startsWith))
            .forEach(file -> growing.addAll(growing(file)));
      }
    }

    List<String> listed = matches(ROW, page).toList();
    assertThat(growing.stream().filter(field -> !listed.contains(field)))
        .as("can grow: say in gateway/docs/bounds.md who fills it and what bounds it")
        .isEmpty();
    assertThat(listed.stream().filter(field -> !growing.contains(field)))
        .as("stands in gateway/docs/bounds.md, and is gone")
        .isEmpty();
  }

  private static List<String> growing(Path file) {
    String type = file.getFileName().toString().replace(".java", "");
    String source;
    try {
      source = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return FIELDS.stream()
        .flatMap(pattern -> matches(pattern, source))
        .distinct()
        .map(field -> type + "." + field)
        .toList();
  }

  private static Stream<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1));
  }

  @Test
  @DisplayName("§2.2, §2.5, §2.6, §2.9 nothing may have a longer name than is looked up")
  void names() throws IOException {
    assertThat(longest("resource-servers", "/ResourceServerCreate/properties/identifier"))
        .isEqualTo(Audiences.MAX_IDENTIFIER);
    assertThat(longest("organizations", "/OrganizationName")).isEqualTo(Organizations.MAX_NAME);
    assertThat(longest("connections", "/ConnectionCreate/properties/name"))
        .isEqualTo(Connections.MAX_NAME);
    assertThat(longest("token-exchange-profiles", "/ProfileSubjectTokenType"))
        .isEqualTo(TokenExchangeProfiles.MAX_TYPE);
  }

  private static int longest(String file, String pointer) throws IOException {
    String name = "/openapi/" + file + ".yaml";
    try (InputStream document = BoundsTest.class.getResourceAsStream(name)) {
      return new YAMLMapper()
          .readTree(document)
          .at("/components/schemas" + pointer)
          .path("maxLength")
          .asInt();
    }
  }
}
