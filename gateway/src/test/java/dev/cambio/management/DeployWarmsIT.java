package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The first exchange after a deployment")
class DeployWarmsIT {
  private final Administrator admin = Administrator.quickstart();

  private static double opened(String when) {
    return TestNode.shared().metric("cambio_realms_opened_total", "when=\"" + when + "\"");
  }

  private static void awaitWarm(double atLeast) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                opened("ahead") >= atLeast
                    && TestNode.shared().metric("cambio_realms_cold", "") == 0);
  }

  @Test
  @DisplayName("§2.3 finds its realm open in every slot, with the top level already run")
  void findsItsRealmOpen() {
    try (ActionFixture actions = new ActionFixture(admin)) {
      awaitWarm(0);
      double ahead = opened("ahead");
      String profile =
          actions.profile(
              actions.deployed(
                  EXCHANGE,
                  // Refuses, so that no post-login Action runs, which may have gone cold here.
                  "const { jwtVerify } = require('jose');"
                      + "exports.onExecuteCustomTokenExchange = async (event, api) =>"
                      + " api.access.deny('warm', 'Refused');"));
      awaitWarm(ahead + 1);
      double onPath = opened("run");

      for (int i = 0; i < 4; i++) {
        assertThat(TokenRequest.quickstart(profile, "token").post().error())
            .isEqualTo("400 warm: Refused");
      }

      assertThat(opened("run")).isEqualTo(onPath);
    }
  }
}
