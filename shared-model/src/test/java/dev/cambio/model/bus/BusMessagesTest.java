package dev.cambio.model.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The golden files are what an older or newer node sends: they change only with the form's number.
 */
class BusMessagesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        ActionInvocation.class,
        ActionResult.class,
        ActionsStatus.class,
        EffectsLeave.Request.class,
        EffectsLeave.class
      })
  void goldenFormReadsAndWritesBack(Class<?> type) throws IOException {
    String golden = golden(type);

    assertThat(Json.parse(Json.write(Json.read(golden, type)))).isEqualTo(Json.parse(golden));
  }

  @Test
  void goldenResultHoldsEveryCommand() throws IOException {
    ActionResult result = Json.read(golden(ActionResult.class), ActionResult.class);
    int commands = ActionCommand.class.getAnnotation(JsonSubTypes.class).value().length;

    assertThat(result.commands().stream().map(Object::getClass).distinct()).hasSize(commands);
    assertThat(ActionCommand.class.getPermittedSubclasses()).hasSize(commands);
  }

  @Test
  void crossesTheWireSealed() throws IOException {
    ActionInvocation sent = Json.read(golden(ActionInvocation.class), ActionInvocation.class);
    Buffer wire = Buffer.buffer("before");

    codec("0123456789abcdef").encodeToWire(wire, sent);

    assertThat(wire.toString(StandardCharsets.ISO_8859_1))
        .doesNotContain("s3cret", "partner-token");
    assertThat(codec("0123456789abcdef").decodeFromWire(6, wire)).isEqualTo(sent);
    assertThatThrownBy(() -> codec("fedcba9876543210").decodeFromWire(6, wire))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cluster's secret");
  }

  @Test
  void printsNoSecretAndNoToken() throws IOException {
    ActionInvocation invocation = Json.read(golden(ActionInvocation.class), ActionInvocation.class);

    assertThat(invocation.toString()).doesNotContain("s3cret", "subject-token", "event");
  }

  @Test
  void absentIsNullOnlyWhereItMayBe() throws IOException {
    ActionResult result =
        Json.read(
            "{\"ending\":\"RETURNED\",\"commands\":[{\"type\":\"access.deny\",\"reason\":\"r\"}],"
                + "\"console\":[],\"timings\":{\"queued\":0,\"ran\":0,\"cpu\":0},\"usage\":"
                + "{\"allocatedBytes\":0,\"consoleBytes\":0,\"commands\":0,\"hostCalls\":0}}",
            ActionResult.class);

    assertThat(result.error()).isNull();
    assertThat(result.commands()).containsExactly(new ActionCommand.Deny(null, "r"));
    assertThatThrownBy(() -> Json.read("{\"ending\":\"RETURNED\"}", ActionResult.class))
        .isInstanceOf(JsonProcessingException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"nothing.known\"}",
        "{\"type\":\"access.deny\",\"reason\":\"r\",\"more\":1}",
        "{\"type\":\"authentication.setUserById\"}",
        "{\"type\":\"authentication.setActor\",\"actor\":{\"sub\":\"\"}}",
        "{\"type\":\"access.deny\",\"reason\":null}",
        "{\"type\":\"access.deny\"}",
        "{\"type\":\"access.deny\",\"reason\":\"a\",\"reason\":\"b\"}",
        "{\"type\":\"access.deny\",\"reason\":\"a\"} {}"
      })
  void refusesCommands(String json) {
    assertThatThrownBy(() -> Json.read(json, ActionCommand.class))
        .isInstanceOf(JsonProcessingException.class);
  }

  private static SealedCodec<ActionInvocation> codec(String secret) {
    BusSeal seal = new BusSeal(secret.getBytes(StandardCharsets.UTF_8), new SecureRandom());
    return new SealedCodec<>(ActionInvocation.class, "test", seal);
  }

  private static String golden(Class<?> type) throws IOException {
    Class<?> outer = type.getDeclaringClass();
    String name =
        "/bus/%s%s.json"
            .formatted(outer == null ? "" : outer.getSimpleName(), type.getSimpleName());
    try (InputStream file = BusMessagesTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
