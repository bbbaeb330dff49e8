package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandsTest {

  private static RunCommands of(Trigger trigger, String... commands) {
    RunCommands list = new RunCommands(trigger, 1000);
    for (String command : commands) {
      list.add(command);
    }
    return list;
  }

  @Test
  void readsCommandsOfTheTrigger() {
    RunCommands commands =
        of(
            Trigger.CUSTOM_TOKEN_EXCHANGE,
            "{\"type\":\"authentication.setUserById\",\"user_id\":\"auth0|x\"}");

    assertThat(commands.complaint()).isEmpty();
    assertThat(commands.list()).containsExactly(new ActionCommand.SetUserById("auth0|x"));
  }

  @Test
  void keepsNoMoreThanItHasRoomFor() {
    String large =
        "{\"type\":\"access.deny\",\"code\":\"c\",\"reason\":\"" + "x".repeat(1 << 20) + "\"}";

    RunCommands commands = of(Trigger.CUSTOM_TOKEN_EXCHANGE, large, large, large, large, large);

    assertThat(commands.complaint()).contains("The commands are too large");
    assertThat(commands.size()).isEqualTo(3);
  }

  @Test
  void refusesCommandsOfTheOtherTrigger() {
    RunCommands commands =
        of(Trigger.POST_LOGIN, "{\"type\":\"authentication.setUserById\",\"user_id\":\"auth0|x\"}");

    assertThat(commands.complaint()).contains("A command is not available in post-login");
    assertThat(commands.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":\"authentication.setUserById\"}",
        "{\"type\":\"authentication.setUserById\",\"user_id\":null}",
        "{\"type\":\"authentication.setUserById\",\"user_id\":\"x\",\"more\":1}",
        "{\"type\":\"dev.cambio.model.action.Trigger\"}",
      })
  void refusesWhatIsNoCommand(String json) {
    assertThat(of(Trigger.CUSTOM_TOKEN_EXCHANGE, json).complaint()).isPresent();
  }

  @Test
  void refusesTooMany() {
    RunCommands commands = new RunCommands(Trigger.CUSTOM_TOKEN_EXCHANGE, 1000);
    for (int i = 0; i < 1001; i++) {
      commands.add("{\"type\":\"authentication.setUserById\",\"user_id\":\"x\"}");
    }

    assertThat(commands.complaint()).contains("Too many commands");
    assertThat(commands.size()).isEqualTo(1000);
  }
}
