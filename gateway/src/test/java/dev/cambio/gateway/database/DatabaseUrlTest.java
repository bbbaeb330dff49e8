package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.config.Secret;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
  @Test
  void readsEveryPart() {
    assertThat(
            DatabaseUrl.parse(
                "postgresql://us%40er:p+a%3Ass@db.example:6432/cambio"
                    + "?sslmode=verify-full&sslrootcert=/etc/ca.pem"))
        .contains(
            new DatabaseUrl(
                "us@er",
                Secret.of("p+a:ss"),
                "db.example",
                6432,
                "cambio",
                "verify-full",
                Optional.of(Path.of("/etc/ca.pem"))));
  }

  @Test
  void portAndParametersHaveDefaults() {
    assertThat(DatabaseUrl.parse("postgres://user@localhost/db"))
        .contains(
            new DatabaseUrl(
                "user", Secret.of(""), "localhost", 5432, "db", "prefer", Optional.empty()));
  }

  @Test
  void doesNotPrintThePassword() {
    assertThat(DatabaseUrl.parse("postgres://user:hidden@localhost/db").toString())
        .contains("[redacted]")
        .doesNotContain("hidden");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "mysql://user:pass@localhost/db",
        "postgresql://localhost/db",
        "postgresql://user:pass@localhost",
        "postgresql://user:pass@localhost/",
        "postgresql://user:pass@/db",
        "postgresql://user:pass@localhost/db?sslmode=sometimes",
        "postgresql://user:pass@localhost/db?sslrootcert",
        "postgresql://user:pass@localhost/db?other=1",
        "postgresql://user:pa ss@localhost/db",
      })
  void knowsNoOtherForm(String text) {
    assertThat(DatabaseUrl.parse(text)).isEmpty();
  }
}
