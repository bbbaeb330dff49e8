package dev.cambio.gateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("contract actions-runtime §2.5")
class PackageInputsTest {
  private static final Map<String, String> PREINSTALLED = Map.of("lodash", "4.18.1");

  private static ArrayNode declared(String... dependencies) {
    ArrayNode declared = JsonNodeFactory.instance.arrayNode();
    for (String dependency : dependencies) {
      int at = dependency.lastIndexOf('@');
      declared
          .addObject()
          .put("name", dependency.substring(0, at))
          .put("version", dependency.substring(at + 1));
    }
    return declared;
  }

  private static Optional<PackageInputs> inputs(String code, String... dependencies) {
    return PackageInputs.of(code, declared(dependencies), PREINSTALLED);
  }

  @Test
  void needsNothingWithoutDependenciesOrWithPreinstalledOnesAlone() {
    assertThat(inputs("require('ms')")).isEmpty();
    assertThat(inputs("require('lodash')", "lodash@4.18.1")).isEmpty();
  }

  @Test
  void installsOtherVersionsOfPreinstalledPackagesAndPartsOfThem() {
    assertThat(inputs("require('lodash')", "lodash@4.17.21").orElseThrow().requires())
        .containsExactly("lodash");
    assertThat(inputs("require(\"lodash/get\")", "lodash@4.18.1").orElseThrow().requires())
        .containsExactly("lodash", "lodash/get");
  }

  @Test
  void answersToPartsOfDeclaredPackagesOnly() {
    assertThat(
            inputs(
                    """
                    require('@s/p/a.js'); require ( `@s/p@1.2.3/b` ); require('ms/x'); require('@s/p/../../etc');
                    """,
                    "@s/p@1.2.3")
                .orElseThrow()
                .requires())
        .containsExactly("@s/p", "@s/p/a.js", "@s/p/b");
  }

  @Test
  void isOneBuildHoweverTheCodeDiffers() {
    assertThat(inputs("1", "ms@2.1.3", "a@1.0.0").orElseThrow().id())
        .isEqualTo(inputs("require('ms')", "a@1.0.0", "ms@2.1.3").orElseThrow().id())
        .isNotEqualTo(inputs("1", "ms@2.1.2", "a@1.0.0").orElseThrow().id());
  }

  @Test
  void comesBackFromItsStoredForm() {
    PackageInputs inputs = inputs("require('ms/index.js')", "ms@2.1.3").orElseThrow();

    assertThat(PackageInputs.of(inputs.json())).isEqualTo(inputs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ms", "@scope/name", "lodash.get", "JSONStream", "a_b-c"})
  void acceptsNames(String name) {
    assertThat(PackageName.isName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        ".bin",
        "-g",
        "--x",
        "a/b",
        "@a",
        "@a/",
        "@a/b/c",
        "a b",
        "a@1",
        "/a",
        "a\\b",
        "https://a",
        "git+ssh://a",
        "file:a",
        "a\n",
        "node_modules",
        "@a/-b",
        "a%2f",
        "ü"
      })
  void refusesWhatIsNoName(String name) {
    assertThat(PackageName.isName(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.3", "0.0.0", "1.0.0-rc.1", "1.0.0+build.5", "2024.11.30"})
  void acceptsVersions(String version) {
    assertThat(PackageName.isVersion(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2",
        "^1.2.3",
        "~1.2.3",
        ">=1.2.3",
        "1.x",
        "*",
        "latest",
        "next",
        "1.2.3 || 2.0.0",
        "file:../x",
        "npm:x@1.2.3",
        "git+https://x",
        "https://x/y.tgz",
        "workspace:*",
        "1.2.3\n",
        "-1.2.3"
      })
  void refusesWhatIsNotOneVersion(String version) {
    assertThat(PackageName.isVersion(version)).isFalse();
  }
}
