package dev.cambio.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.search.SortFields.Column;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SortFieldsTest {
  private static final SortFields FIELDS =
      new SortFields(
          Map.of("age", new Column("t.age", false), "seen", new Column("t.seen", true)), "t.id");

  @ParameterizedTest
  @CsvSource({
    "age:1,'t.age, t.id'",
    "age:-1,'t.age desc, t.id desc'",
    "seen:1,'t.seen, t.id'",
    "seen:-1,'t.seen desc nulls last, t.id desc'",
  })
  void ordersInEitherDirectionAndNeverAmbiguously(String sort, String sql) {
    assertThat(FIELDS.orderBy(sort)).isEqualTo(sql);
  }

  @ParameterizedTest
  @CsvSource({"age", "age:2", "age:", ":1", "age:1:1", "age:1;drop", "''"})
  void refusesOtherForms(String sort) {
    assertThatExceptionOfType(SearchException.class)
        .isThrownBy(() -> FIELDS.orderBy(sort))
        .withMessage("sort must be 'field:1' or 'field:-1'");
  }

  @Test
  void refusesFieldsThatAreNotListed() {
    assertThatExceptionOfType(SearchException.class)
        .isThrownBy(() -> FIELDS.orderBy("app_metadata.x:1"))
        .withMessage("cannot sort by 'app_metadata.x'");
  }
}
