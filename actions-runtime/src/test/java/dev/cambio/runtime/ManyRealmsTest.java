package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A guest that opens realm after realm, in a heap with little room. */
class ManyRealmsTest {

  @Test
  void fitIntoOneGuestWithWhatTheEngineCompilesForThem() throws Exception {
    try (TestNode node =
        TestNode.start(Map.of("actions.runs-per-context", "1", "actions.heap-mb", "128"))) {
      assertThat(node.node().health().guests().javascript()).isNotEqualTo("Interpreted");
      ActionInvocation exchange =
          node.exchange(
              "exports.onExecuteCustomTokenExchange ="
                  + " (event, api) => api.authentication.setUserById('u');");
      for (int i = 0; i < 600; i++) {
        assertThat(node.run(exchange).ending()).isEqualTo(ActionEnding.RETURNED);
      }

      assertThat(node.node().health().guests().replaced()).isZero();
    }
  }
}
