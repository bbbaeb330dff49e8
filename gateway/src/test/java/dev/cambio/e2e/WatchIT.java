package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.database.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("serve --watch")
class WatchIT {
  @TempDir Path directory;

  private Path copyOfQuickstart() throws IOException {
    Path from = Path.of(System.getProperty("cambio.home"), "config", "quickstart");
    Path to = directory.resolve("tenant");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  @Test
  @DisplayName("an edited Action is live in a moment; a broken edit leaves the one before")
  void importsEdits() throws IOException {
    Path tenant = copyOfQuickstart();
    Path code = tenant.resolve("actions/enrich-tokens/code.js");
    String original = Files.readString(code);
    TestPostgres postgres = TestPostgres.create();
    try (Node node =
        Node.start(
            NodeConfiguration.from(
                TestNode.settings(
                    postgres.url(),
                    directory.resolve("data"),
                    Map.of("import.path", tenant.toString(), "import.watch", "true"))),
            Clock.systemUTC())) {
      String issuer = "http://localhost:" + node.httpPort() + "/";
      assertThat(stamp(issuer)).isEmpty();

      Files.writeString(code, stamping("one"));
      await().atMost(Duration.ofSeconds(10)).until(() -> stamp(issuer).equals("one"));

      Files.writeString(code, "this is not JavaScript");
      Files.writeString(tenant.resolve("tenant.yaml.tmp"), "an editor's other file");
      assertThat(stamp(issuer)).isEqualTo("one");

      Files.writeString(code, stamping("two"));
      await().atMost(Duration.ofSeconds(10)).until(() -> stamp(issuer).equals("two"));
      Files.writeString(code, original);
      await().atMost(Duration.ofSeconds(10)).until(() -> stamp(issuer).isEmpty());
    }
  }

  private static String stamping(String value) {
    return "exports.onExecutePostLogin = async (event, api) => {\n"
        + "  api.accessToken.setCustomClaim('https://acme.example/stamp', '"
        + value
        + "');\n};\n";
  }

  private static String stamp(String issuer) {
    Answer answer =
        TokenRequest.quickstart(issuer, "urn:acme:partner-token", PartnerTokens.valid(issuer))
            .post();
    assertThat(answer.status()).isEqualTo(200);
    return answer.accessToken().path("https://acme.example/stamp").asText("");
  }
}
