package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

/** Any text as a lockfile, as what an Action declares and as npm's settings. */
@DisplayName("Manifests and lockfiles of any text, contract actions-runtime §2.5")
class PackagesFuzzTest {
  private static final NpmBuild OFF =
      new NpmBuild(TestBuilds.settings(BuildMode.OFF, "npm", Duration.ofSeconds(5)), Map.of());

  @FuzzTest(maxDuration = "1m")
  void lockfile(byte[] bytes) throws JsonProcessingException {
    String text = new String(bytes, UTF_8);
    try {
      Lockfile.requireVerifiable(text, Map.of("a", "1.0.0"));
      assertThat(Json.parse(text).path("packages"))
          .noneMatch(entry -> entry.has("resolved") || entry.has("link"));
    } catch (BuildException refusal) {
      assertThat(refusal.reason()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void manifest(byte[] bytes) {
    JsonNode declared;
    try {
      declared = Json.parse(new String(bytes, UTF_8));
    } catch (JsonProcessingException e) {
      return;
    }
    PackageInputs.of("require('a/b')", declared, Map.of())
        .ifPresent(
            inputs ->
                assertThat(OFF.build(inputs, Optional.empty(), () -> false))
                    .isInstanceOfSatisfying(
                        BuildOutcome.Failed.class,
                        failed -> assertThat(failed.id()).isIn("not_a_package", "builds_refused")));
  }

  @FuzzTest(maxDuration = "1m")
  void settings(byte[] bytes) {
    try {
      NpmSettings settings = NpmSettings.of(new String(bytes, UTF_8), Map.of());
      assertThat(settings.files()).containsKey(NpmSettings.NPMRC);
    } catch (BuildException refusal) {
      assertThat(refusal.reason()).isNotBlank();
    }
  }
}
