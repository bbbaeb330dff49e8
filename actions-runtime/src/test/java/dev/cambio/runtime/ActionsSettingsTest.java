package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActionsSettingsTest {

  @Test
  void everySettingHasADefault() {
    ActionsSettings settings = ActionsSettings.read(new Settings(Map.of()), Path.of("guest"));

    assertThat(settings.slots()).isEqualTo(8);
    assertThat(settings.slotsPerTenant()).isBetween(4, 7);
    assertThat(settings.concurrencyPerAction()).isEqualTo(settings.slotsPerTenant() - 1);
    assertThat(settings.open()).isEqualTo(new Shares.Limits(72, 36, 27, 21));
    assertThat(settings.killGrace()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.launch().limits().lanes()).isEqualTo(8);
  }

  @Test
  void aBadOpeningNamesItsKey() {
    assertThatThrownBy(() -> TestNode.settings(Map.of("actions.egress-allow", "localhost")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("actions.egress-allow");
  }
}
