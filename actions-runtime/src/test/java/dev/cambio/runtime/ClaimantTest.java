package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("For whom a run is")
class ClaimantTest {

  private static ActionInvocation invocation(String event) {
    return new ActionInvocation(
        "e",
        "t",
        Trigger.POST_LOGIN,
        new ActionVersion("a", "name", "v", "h"),
        event,
        Map.of(),
        List.of(),
        1000);
  }

  @ParameterizedTest
  @DisplayName("the client is the one of the event and of nothing else in it")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"client\":{\"client_id\":\"app\"}}|app",
        "{\"request\":{\"client\":{\"client_id\":\"no\"}},\"client\":{\"client_id\":\"app\"}}|app",
        "{\"client\":{\"metadata\":{\"client_id\":\"no\"},\"client_id\":\"app\"}}|app",
        "{\"client\":[{\"client_id\":\"no\"}]}|``",
        "{\"client\":{\"client_id\":1},\"other\":{\"client_id\":\"no\"}}|``",
        "{\"client_id\":\"no\"}|``",
        "[{\"client\":{\"client_id\":\"no\"}}]|``",
        "{\"client\":|``",
        "``|``"
      })
  void clientOfTheEvent(String event, String client) {
    assertThat(Claimant.of(invocation(event))).isEqualTo(new Claimant("t", "a", client));
  }

  @Test
  @DisplayName("a client that comes after a thousand tokens is not looked for")
  void farAway() {
    String far = "{\"all\":[" + "1,".repeat(1000) + "1],\"client\":{\"client_id\":\"app\"}}";

    assertThat(Claimant.of(invocation(far)).client()).isEmpty();
  }

  @Test
  @DisplayName("all trials of a tenant count as one Action, which is none that serves")
  void trials() {
    ActionTrial trial =
        new ActionTrial(null, null, ActionTrial.Fetching.RECORDED, false, List.of());

    assertThat(Claimant.of(invocation("{}").tried(trial)).action()).isEqualTo("trials");
  }
}
