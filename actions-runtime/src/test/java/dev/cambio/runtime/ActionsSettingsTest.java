package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.config.SettingsException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActionsSettingsTest {

  @Test
  void everySettingHasADefault() {
    ActionsSettings settings = TestNode.settings(Map.of());

    assertThat(settings.slots()).isEqualTo(2);
    assertThat(settings.killGrace()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.launch().limits().lanes()).isEqualTo(2);
  }

  @Test
  void aBadOpeningNamesItsKey() {
    assertThatThrownBy(() -> TestNode.settings(Map.of("actions.egress-allow", "localhost")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("actions.egress-allow");
  }
}
