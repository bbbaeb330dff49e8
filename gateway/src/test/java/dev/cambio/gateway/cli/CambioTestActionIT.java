package dev.cambio.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.cambio.gateway.cli.SampleToken.Signer;
import dev.cambio.model.bus.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("cambio test-action, contract actions-runtime §12")
class CambioTestActionIT {
  private static final String HANDLER =
      "exports.onExecuteCustomTokenExchange = async (event, api) => {";
  private static final String TOKEN = "subject-token-0123456789";

  @TempDir private Path directory;

  private record Ended(int exitCode, String output, String errors) {
    JsonNode json() throws Exception {
      return Json.parse(output);
    }
  }

  private Ended run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("test-action"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--set", "actions.guest-home=" + System.getProperty("cambio.guest.home")));
    Path modules = Path.of(System.getProperty("cambio.node.modules"));
    all.addAll(List.of("--set", "actions.bundler-home=" + modules.resolveSibling("")));
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    int exitCode =
        Cambio.commandLine()
            .setOut(new PrintWriter(output, true))
            .setErr(new PrintWriter(errors, true))
            .execute(all.toArray(String[]::new));
    return new Ended(exitCode, output.toString(), errors.toString());
  }

  private String action(String code) throws Exception {
    Path folder = Files.createDirectories(directory.resolve("my-action"));
    Files.writeString(folder.resolve("code.js"), code);
    return folder.toString();
  }

  private String event(String json) throws Exception {
    return Files.writeString(directory.resolve("event.json"), json).toString();
  }

  private String exchangeEvent(String token) throws Exception {
    return event(
        "{\"event\":{\"client\":{\"name\":\"App\"},\"request\":{\"hostname\":\"login.acme.example\"},\"transaction\":{\"subject_token\":\"%s\"}}}"
            .formatted(token));
  }

  @Test
  @DisplayName("§12 a folder by itself: commands, console, egress, durations and decision, masked")
  void printsWhatAnActionDoes() throws Exception {
    String folder =
        action(
            HANDLER
                + """
                console.warn('%s has %s', event.client.name, event.secrets.KEY, event.transaction.subject_token);
                await fetch('http://127.0.0.1:1/?k=' + event.secrets.KEY).catch(() => {});
                api.user.setUserMetadata('token', event.transaction.subject_token);
                api.authentication.setUserByConnection('db', { user_id: new Date().toJSON() },
                    { creationBehavior: 'none', updateBehavior: 'none' });
                console.log('\\u001b[31mred');
                };
                """);

    Ended ended =
        run(
            folder,
            "--event",
            exchangeEvent(TOKEN),
            "--secret",
            "KEY=key-of-the-partner",
            "--clock",
            "2026-01-01T00:00:00Z");

    assertThat(ended.errors()).isEmpty();
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.output()).doesNotContain("key-of-the-partner", TOKEN, "\u001b");
    assertThat(ended.output().replaceAll("[0-9]+\\.[0-9] ms", "N ms"))
        .isEqualTo(
            """
            my-action (custom-token-exchange)

            Commands
              api.user.setUserMetadata {"key":"token","value":"[redacted]"}
              api.authentication.setUserByConnection {"connection":"db","attributes":{"user_id":"2026-01-01T00:00:00.000Z"},"creation_behavior":"none","update_behavior":"none"}

            Console
              warn  App has [redacted] [redacted]
              log   \uFFFD[31mred

            Egress
              GET http://127.0.0.1:1/?k=[redacted]: connections to 127.0.0.1:1 are not allowed: it is no public address, and actions.egress-allow does not open it

            Durations
              load N ms, run N ms, CPU N ms

            Decision
              goes on: {"user":{"type":"authentication.setUserByConnection","connection":"db","attributes":{"user_id":"2026-01-01T00:00:00.000Z"},"creation_behavior":"none","update_behavior":"none"},"user_metadata":{"token":"[redacted]"}}

            """);
  }

  @Test
  @DisplayName("§12 an Action of a tenant's directory, with its trigger, secrets and packages")
  void readsATenantsDirectory() throws Exception {
    Instant then = Instant.parse("2020-05-05T05:05:05Z");
    String token =
        new SampleToken(Signer.PARTNER, "p-1", "p@acme.example", "P", Duration.ofHours(1))
            .signed(Clock.fixed(then, ZoneOffset.UTC));
    String action =
        Path.of(
                System.getProperty("cambio.home"),
                "config",
                "quickstart",
                "actions",
                "partner-token")
            .toString();

    Ended ended =
        run(action, "--event", exchangeEvent(token), "--clock", then.toString(), "--json");

    assertThat(ended.errors()).isEmpty();
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.json().at("/decision/outcome").asText()).isEqualTo("accept");
    assertThat(ended.json().at("/decision/user/attributes/user_id").asText()).isEqualTo("p-1");
    assertThat(ended.json().at("/stats/load_ms").asDouble()).isPositive();
  }

  @Test
  @DisplayName("§12 what is recorded once is answered again without the network")
  void recordsAndReplays() throws Exception {
    HttpServer site =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    site.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("jane!".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    site.start();
    String url = "http://127.0.0.1:" + site.getAddress().getPort() + "/user";
    String folder =
        action(
            HANDLER
                + "const answer = await fetch('"
                + url
                + "', { method: 'POST', body: 'who' });"
                + "api.authentication.setUserById(await answer.text() + Math.random()); };");
    Path recording = directory.resolve("recording.json");
    String event = exchangeEvent(TOKEN);

    Ended live =
        run(
            folder,
            "--event",
            event,
            "--seed",
            "3",
            "--record",
            recording.toString(),
            "--json",
            "--set",
            "actions.egress-allow=127.0.0.1:" + site.getAddress().getPort());
    site.stop(0);
    Ended replayed =
        run(
            folder,
            "--event",
            event,
            "--seed",
            "3",
            "--recording",
            recording.toString(),
            "--expect",
            "deny",
            "--json");

    assertThat(live.errors() + replayed.errors()).isEmpty();
    assertThat(live.json().at("/egress/0/bytes").asInt()).isEqualTo(5);
    assertThat(live.exitCode()).isZero();
    assertThat(replayed.exitCode()).as("accepted where a denial is expected").isEqualTo(1);
    assertThat(replayed.json().path("decision")).isEqualTo(live.json().path("decision"));
    assertThat(replayed.json().at("/decision/user/user_id").asText()).startsWith("jane!0.");
    assertThat(Json.parse(Files.readString(recording)).at("/0/request/body").asText())
        .isEqualTo("who");
  }

  @Test
  @DisplayName("§12 exit code 1: an Action that throws fails")
  void failsWithTheAction() throws Exception {
    String folder = action("exports.onExecutePostLogin = async () => { throw new Error('no'); };");

    Ended ended = run(folder, "--event", event("{\"user\":{\"user_id\":\"auth0|jane\"}}"));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output())
        .contains("Error: no")
        .contains("fails: 403 access_denied: no")
        .contains("my-action (post-login)");
  }

  @ParameterizedTest
  @DisplayName("§12 wrong usage is one line and exit code 2")
  @CsvSource(
      delimiter = '|',
      value = {
        "--trigger x              | --trigger must be custom-token-exchange or post-login",
        "--clock yesterday        | clock must be a time such as 2026-01-01T00:00:00Z",
        "--fetch sometimes        | fetch must be live, recorded or none",
        "--fetch recorded         | --fetch recorded needs --recording FILE",
        "--recording EVENT        | a recording must be a list",
        "--recording NONE         | NONE: not readable",
        "--secrets CODE           | CODE:1: not readable as JSON",
        "--seed x                 | Invalid value for option '--seed': 'x' is not a long",
        "--bogus                  | Unknown option: '--bogus'",
        "--expect maybe           | Invalid value for option '--expect': expected one of [ACCEPT,"
            + " DENY, FAIL] (case-insensitive) but was 'maybe'",
      })
  void refusesWrongUsage(String options, String message) throws Exception {
    String folder = action(HANDLER + "};");
    String event = exchangeEvent(TOKEN);
    List<String> arguments = new ArrayList<>(List.of(folder, "--event", event));
    for (String option : options.strip().split(" ")) {
      arguments.add(placed(option, folder, event));
    }

    Ended ended = run(arguments.toArray(String[]::new));

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.errors())
        .isEqualTo(
            "cambio: %s (see: cambio test-action --help)\n"
                .formatted(placed(message, folder, event)));
  }

  @Test
  @DisplayName("§12 a folder by itself declares its packages in package.json")
  void installsWhatAPackageJsonDeclares() throws Exception {
    String folder =
        action(HANDLER + "api.access.deny('seen', String(require('ms/index.js')('2s'))); };");
    Path manifest = Path.of(folder, "package.json");
    String event = exchangeEvent(TOKEN);

    Files.writeString(manifest, "{\"dependencies\":{\"ms\":\"2.1.3\"}}");
    Ended installed = run(folder, "--event", event, "--expect", "deny", "--json");
    assertThat(installed.errors()).isEmpty();
    assertThat(installed.json().at("/decision/error_description").asText()).isEqualTo("2000");

    Files.writeString(manifest, "{\"dependencies\":{\"ms\":\"^2.1.3\"}}");
    assertThat(run(folder, "--event", event).errors())
        .startsWith(
            "cambio: "
                + manifest
                + ": dependencies: 'ms': '^2.1.3' is not a package with one version, such as"
                + " 1.2.3");

    Files.writeString(manifest, "{\n\"dependencies\":");
    assertThat(run(folder, "--event", event).errors())
        .startsWith("cambio: " + manifest + ":2: not readable as JSON");
  }

  private String placed(String text, String folder, String event) {
    return text.replace("EVENT", event)
        .replace("CODE", folder + "/code.js")
        .replace("NONE", directory.resolve("none").toString());
  }

  @Test
  void wantsCodeAnEventAndAClearTrigger() throws Exception {
    String event = exchangeEvent(TOKEN);
    String neither = action("module.exports = {};");

    assertThat(run(directory.toString(), "--event", event).errors())
        .startsWith("cambio: " + directory.resolve("code.js") + ": there is no such file");
    assertThat(run(neither, "--event", event("[]")).errors())
        .startsWith("cambio: it is not clear which trigger the Action is for: give --trigger");
    assertThat(run(action(HANDLER + "};"), "--event", event("[]")).errors())
        .startsWith("cambio: the event must be a JSON object");
    assertThat(run(neither).exitCode()).isEqualTo(2);
  }
}
