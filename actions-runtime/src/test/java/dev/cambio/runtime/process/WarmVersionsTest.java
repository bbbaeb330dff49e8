package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarmVersionsTest {
  private final WarmVersions versions = new WarmVersions(2);

  private static GuestVersion version(String tenant, int number) {
    return new GuestVersion(tenant, "ver_" + number, "hash");
  }

  private static GuestVersion acme(int number) {
    return version("acme", number);
  }

  private void tryAll() {
    for (GuestVersion next = versions.untried(); next != null; next = versions.untried()) {
      versions.tried(next, true);
    }
  }

  @Test
  void triesTheMostImportantFirstAndNoMoreThanFit() {
    versions.deployed("acme", List.of(acme(1), acme(2), acme(3)));

    assertThat(versions.untried()).isEqualTo(acme(1));
    assertThat(versions.countUntried()).isEqualTo(2);
    tryAll();
    assertThat(versions.good()).containsExactly(acme(2), acme(1));
    assertThat(versions.isGood(acme(3))).isFalse();
  }

  @Test
  void prefersWhatWasUsedLast() {
    versions.deployed("acme", List.of(acme(1), acme(2), acme(3)));
    versions.used(acme(3));
    tryAll();

    assertThat(versions.good()).containsExactly(acme(1), acme(3));
  }

  @Test
  void whatDoesNotLoadWellTakesNoRoom() {
    versions.deployed("acme", List.of(acme(1), acme(2), acme(3)));
    versions.tried(acme(1), false);
    tryAll();

    assertThat(versions.good()).containsExactly(acme(3), acme(2));
  }

  @Test
  void forgetsWhatIsNotDeployedAnyMoreOfThatTenantOnly() {
    versions.deployed("acme", List.of(acme(1)));
    versions.deployed("other", List.of(version("other", 1)));
    tryAll();

    versions.deployed("acme", List.of(acme(2)));

    assertThat(versions.isGood(acme(1))).isFalse();
    assertThat(versions.isUntried(acme(1))).isFalse();
    versions.tried(acme(1), true);
    assertThat(versions.isGood(acme(1))).isFalse();
    assertThat(versions.isGood(version("other", 1))).isTrue();
    assertThat(versions.untried()).isEqualTo(acme(2));
  }
}
