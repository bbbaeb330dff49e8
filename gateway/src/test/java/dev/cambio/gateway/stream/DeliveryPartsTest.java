package dev.cambio.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Delivery of log streams")
class DeliveryPartsTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), new Random(1));

  @Test
  @DisplayName("waits longer with each failure, up to a minute, and never exactly as long")
  void doubles() {
    for (int i = 0; i < 200; i++) {
      assertThat(backoff.after(0, Optional.empty()))
          .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
      assertThat(backoff.after(3, Optional.empty()))
          .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
      assertThat(backoff.after(Integer.MAX_VALUE, Optional.empty()))
          .isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1));
    }
    assertThat(backoff.after(5, Optional.empty())).isNotEqualTo(backoff.after(5, Optional.empty()));
  }

  @Test
  @DisplayName("waits as the receiver asks, within five minutes")
  void believesReceivers() {
    assertThat(backoff.after(0, Optional.of(Duration.ofSeconds(30))))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(backoff.after(0, Optional.of(Duration.ofDays(9)))).isEqualTo(Duration.ofMinutes(5));
    assertThat(backoff.after(0, Optional.of(Duration.ofSeconds(-5))))
        .isGreaterThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  @DisplayName("knows the category of every type that is logged")
  void knowsCategories() {
    assertThat(LogCategory.of("secte")).isEqualTo("auth.token_exchange.success");
    assertThat(LogCategory.of("fecte")).isEqualTo("auth.token_exchange.fail");
    assertThat(LogCategory.of("seccft")).isEqualTo("auth.token_exchange.success");
    assertThat(LogCategory.of("feccft")).isEqualTo("auth.token_exchange.fail");
    assertThat(LogCategory.of("sapi")).isEqualTo("management.success");
    assertThat(LogCategory.of("actions_execution_failed")).isEqualTo("actions");
    assertThat(LogCategory.of("anything")).isEqualTo("other");
  }

  @Test
  @DisplayName("masks personal data at any depth, and only what was asked for")
  void masks() {
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put("user_name", "jane@a.example");
    entry.put("ip", "192.0.2.1");
    entry.putObject("details").putArray("x").addObject().put("phone_number", "+1").put("k", "v");

    PersonalData.mask(entry, Set.of("email", "phone"));

    assertThat(entry.toString())
        .isEqualTo(
            "{\"user_name\":\"***\",\"ip\":\"192.0.2.1\","
                + "\"details\":{\"x\":[{\"phone_number\":\"***\",\"k\":\"v\"}]}}");
  }

  @Test
  @DisplayName("writes batches in three forms")
  void writesFormats() {
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put("log_id", "1");

    assertThat(StreamFormat.JSONARRAY.write(List.of(entry, entry)))
        .isEqualTo("[{\"log_id\":\"1\"},{\"log_id\":\"1\"}]");
    assertThat(StreamFormat.JSONLINES.write(List.of(entry, entry)))
        .isEqualTo("{\"log_id\":\"1\"}\n{\"log_id\":\"1\"}\n");
    assertThat(StreamFormat.JSONOBJECT.write(List.of(entry)))
        .isEqualTo("{\"logs\":[{\"log_id\":\"1\"}]}");
  }
}
