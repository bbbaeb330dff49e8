package dev.cambio.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import dev.cambio.model.bus.Json;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every Action of {@code src/test/js/actions} prints in a guest process what it prints in Node.js,
 * with the same packages, the same event and the same site on loopback.
 */
@DisplayName("Actions do what they do in Node.js (contract actions-runtime §2.5, §10)")
class AsNodeTest {
  private static final Path SCRIPTS = Path.of("src", "test", "js");
  private static final long TIMEOUT_MS = 20_000;

  private static Process peer;
  private static JsonNode cases;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    Process install = script("sh", "install.sh").start();
    assertThat(install.waitFor()).as("npm ci").isZero();
    peer = script("node", "--no-warnings", "peer.mjs").start();
    BufferedReader out = peer.inputReader();
    String line = out.readLine();
    assertThat(line).as("peer.mjs").isNotNull();
    cases = Json.parse(line);
    String open = "127.0.0.1:" + cases.path("port").asInt();
    node = TestNode.start(Map.of("actions.egress-allow", open));
  }

  @AfterAll
  static void stop() {
    peer.destroy();
    node.close();
  }

  private static ProcessBuilder script(String... command) {
    return new ProcessBuilder(command)
        .directory(SCRIPTS.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  @TestFactory
  Stream<DynamicTest> action() {
    Iterable<Map.Entry<String, JsonNode>> actions = cases.path("actions").properties();
    return StreamSupport.stream(actions.spliterator(), false)
        .map(action -> DynamicTest.dynamicTest(action.getKey(), () -> compare(action.getValue())));
  }

  @Test
  void takesTheUserFromASignedSamlAssertion() throws Exception {
    ActionResult result = node.run(saml(event -> event));

    assertThat(result.error()).isNull();
    assertThat(result.commands())
        .singleElement()
        .isInstanceOfSatisfying(
            ActionCommand.SetUserByConnection.class,
            command -> {
              assertThat(command.connection()).isEqualTo("acme-idp");
              assertThat(command.toString()).contains("jane@acme.example", "clerk & more");
            });
  }

  @Test
  void refusesASamlAssertionThatWasChanged() throws Exception {
    ActionResult result =
        node.run(saml(xml -> xml.replace("jane@acme.example", "sam@acme.example")));

    assertThat(result.error()).isNull();
    assertThat(result.commands())
        .singleElement()
        .isInstanceOf(ActionCommand.RejectInvalidSubjectToken.class);
  }

  /** The Action that exchanges SAML responses, with one that has been worked on. */
  private static ActionInvocation saml(UnaryOperator<String> change) throws Exception {
    JsonNode action = cases.path("actions").path("saml");
    JsonNode event = Json.parse(action.path("event").asText());
    String response = change.apply(event.path("given").path("saml").asText());
    ((ObjectNode) event.path("transaction"))
        .put("subject_token", Base64.getEncoder().encodeToString(response.getBytes(UTF_8)));
    return invocation(action.path("source").asText(), Json.write(event));
  }

  private static void compare(JsonNode action) {
    ActionResult result =
        node.run(invocation(action.path("source").asText(), action.path("event").asText()));

    assertThat(lines(result)).as("%s", result.error()).isEqualTo(expected(action)).isNotEmpty();
    assertThat(result.error()).isNull();
  }

  private static ActionInvocation invocation(String source, String event) {
    ActionInvocation base = node.exchange(source);
    return new ActionInvocation(
        base.executionId(),
        base.tenantId(),
        base.trigger(),
        base.version(),
        event,
        base.secrets(),
        List.of(),
        TIMEOUT_MS);
  }

  private static List<String> lines(ActionResult result) {
    return result.console().stream().map(ConsoleLine::text).toList();
  }

  private static List<String> expected(JsonNode action) {
    return StreamSupport.stream(action.path("lines").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }
}
