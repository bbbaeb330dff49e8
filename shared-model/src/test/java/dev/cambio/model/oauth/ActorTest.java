package dev.cambio.model.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Actor, contract token-endpoint §4.3")
class ActorTest {

  @Test
  void keepsPropertiesAndNestedActors() throws Exception {
    String json =
        "{\"sub\":\"a\",\"role\":\"support\",\"level\":2,\"on\":true,\"act\":{\"sub\":\"b\"}}";

    assertThat(Actor.fromJson(object(json)).toJson()).isEqualTo(object(json));
  }

  @Test
  void logsOnlySubjects() throws Exception {
    Actor actor =
        Actor.fromJson(object("{\"sub\":\"a\",\"role\":\"x\",\"act\":{\"sub\":\"b\",\"n\":1}}"));

    assertThat(Json.write(actor.subjectsOnly()))
        .isEqualTo("{\"sub\":\"a\",\"act\":{\"sub\":\"b\"}}");
  }

  @Test
  void allowsFiveActorsAndRefusesSix() throws Exception {
    assertThat(Actor.fromJson(object(chain(5))).toJson()).isEqualTo(object(chain(5)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Actor.fromJson(object(chain(6))))
        .withMessage("an actor chain has at most 5 levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"sub\":\"\"}",
        "{\"sub\":1}",
        "{\"sub\":\"a\",\"act\":\"b\"}",
        "{\"sub\":\"a\",\"p\":{}}",
        "{\"sub\":\"a\",\"p\":[]}",
        "{\"sub\":\"a\",\"p\":null}",
        "{\"sub\":\"a\",\"__proto__\":\"x\"}",
        "{\"sub\":\"a\",\"constructor\":\"x\"}",
        "{\"sub\":\"a\",\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1}"
      })
  void refuses(String json) {
    assertThatIllegalArgumentException().isThrownBy(() -> Actor.fromJson(object(json)));
  }

  @Test
  void refusesStringsOver1024Characters() {
    String json = "{\"sub\":\"a\",\"p\":\"" + "x".repeat(1025) + "\"}";

    assertThatIllegalArgumentException().isThrownBy(() -> Actor.fromJson(object(json)));
  }

  private static String chain(int levels) {
    return levels == 1
        ? "{\"sub\":\"1\"}"
        : "{\"sub\":\"" + levels + "\",\"act\":" + chain(levels - 1) + "}";
  }

  private static ObjectNode object(String json) throws Exception {
    return (ObjectNode) Json.parse(json);
  }
}
