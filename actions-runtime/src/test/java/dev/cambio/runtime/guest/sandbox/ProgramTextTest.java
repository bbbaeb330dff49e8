package dev.cambio.runtime.guest.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cambio.model.action.ActionProgram;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The gateway puts together what the guest takes apart. */
class ProgramTextTest {
  @Test
  void takesApartWhatWasPutTogether() {
    ActionProgram program =
        new ActionProgram(
            "code\n//cambio program\n",
            Optional.of("bundle 😀"),
            List.of(
                new ActionProgram.Module("first of all\n1 1", "one", Optional.empty()),
                new ActionProgram.Module("second", "", Optional.of("\n"))));

    assertThat(ProgramText.parts(program.text()))
        .isEqualTo(
            Map.of(
                "", "code\n//cambio program\n",
                "packages:", "bundle 😀",
                "actions:first of all\n1 1", "one",
                "actions:second", "",
                "packages:actions:second", "\n"));
  }

  @Test
  void isTheCodeItselfWhereThereIsNothingElse() {
    assertThat(new ActionProgram("code", Optional.empty(), List.of()).text()).isEqualTo("code");
    assertThat(ProgramText.parts("code")).isEqualTo(Map.of("", "code"));
  }

  @Test
  void takesCodeThatLooksLikeAProgramForCode() {
    String code = "//cambio program\n3 3\n";

    assertThat(ProgramText.parts(new ActionProgram(code, Optional.empty(), List.of()).text()))
        .isEqualTo(Map.of("", code));
  }

  @Test
  void refusesWhatIsBrokenOff() {
    String text = new ActionProgram("code", Optional.of("bundle"), List.of()).text();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProgramText.parts(text.substring(0, text.length() - 3)));
  }
}
