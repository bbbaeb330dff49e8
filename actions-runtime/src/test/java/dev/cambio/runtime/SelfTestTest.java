package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SelfTestTest {

  @Test
  void eachLimitFiresBeforeTheNodeTakesWork() throws Exception {
    try (TestNode node = TestNode.start(Map.of("actions.self-test", "true"))) {
      var report = node.node().health().guests().selfTest();

      assertThat(report.held())
          .contains(
              "wall-clock time",
              "CPU time",
              "promises",
              "allocation",
              "length of strings",
              "depth of calls",
              "commands",
              "the check of realms",
              "code that cancelling does not stop");
      System.out.println("self-test: " + report.tookMs() + " ms " + report.held());
    }
  }

  @Test
  void aLimitThatDoesNotHoldStopsTheStart() {
    // A string of that length does not fit into what one run may allocate.
    assertThatThrownBy(
            () ->
                TestNode.start(
                    Map.of(
                        "actions.self-test",
                        "true",
                        "actions.string-length-limit",
                        Integer.toString(256 << 20))))
        .hasMessageContaining(
            "The self-test of Actions failed: the limit on length of strings"
                + " (actions.string-length-limit) does not hold here");
  }
}
