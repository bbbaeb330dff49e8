package dev.cambio.model.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeSetTest {

  @Test
  void keepsOrderAndDropsDuplicates() {
    assertThat(ScopeSet.parse("b  a b ")).hasToString("b a");
  }

  @Test
  void readsNothingAsEmpty() {
    assertThat(ScopeSet.parse("   ").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "a\\b", "a\tb", "ä", "a\nb"})
  void refusesWhatRfc6749Forbids(String scope) {
    assertThatIllegalArgumentException().isThrownBy(() -> ScopeSet.parse(scope));
  }

  @Test
  void addsAndRemoves() {
    assertThat(ScopeSet.parse("a b").with("c").without("a")).hasToString("b c");
  }
}
