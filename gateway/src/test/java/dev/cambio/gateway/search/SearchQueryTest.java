package dev.cambio.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.search.SearchQuery.AllOf;
import dev.cambio.gateway.search.SearchQuery.AnyOf;
import dev.cambio.gateway.search.SearchQuery.Bound;
import dev.cambio.gateway.search.SearchQuery.Comparison;
import dev.cambio.gateway.search.SearchQuery.Contains;
import dev.cambio.gateway.search.SearchQuery.EndsWith;
import dev.cambio.gateway.search.SearchQuery.Equal;
import dev.cambio.gateway.search.SearchQuery.Everything;
import dev.cambio.gateway.search.SearchQuery.Exists;
import dev.cambio.gateway.search.SearchQuery.Not;
import dev.cambio.gateway.search.SearchQuery.Range;
import dev.cambio.gateway.search.SearchQuery.StartsWith;
import dev.cambio.gateway.search.SearchQuery.Term;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The query language, contract management-api §2.7")
class SearchQueryTest {
  private static Term term(String field, Comparison comparison) {
    return new Term(Optional.of(field), comparison);
  }

  private static Term equal(String field, String text) {
    return term(field, new Equal(text));
  }

  private static final Term A = equal("f", "a");
  private static final Term B = equal("f", "b");
  private static final Term C = equal("f", "c");

  @Nested
  class Values {
    @Test
    void wordsAndPhrasesAreExact() {
      assertThat(SearchQuery.parse("name:jane")).isEqualTo(equal("name", "jane"));
      assertThat(SearchQuery.parse("name:\"jane smith\"")).isEqualTo(equal("name", "jane smith"));
      assertThat(SearchQuery.parse("name: jane ")).isEqualTo(equal("name", "jane"));
    }

    @Test
    void asterisksAtTheEndsAreWildcards() {
      assertThat(SearchQuery.parse("name:j*")).isEqualTo(term("name", new StartsWith("j")));
      assertThat(SearchQuery.parse("name:*usa")).isEqualTo(term("name", new EndsWith("usa")));
      assertThat(SearchQuery.parse("name:*ane*")).isEqualTo(term("name", new Contains("ane")));
    }

    @Test
    void asterisksInQuotesAndBehindBackslashesAreText() {
      assertThat(SearchQuery.parse("name:\"j*\"")).isEqualTo(equal("name", "j*"));
      assertThat(SearchQuery.parse("name:j\\*")).isEqualTo(equal("name", "j*"));
    }

    @Test
    void aBackslashTakesMeaningAway() {
      assertThat(SearchQuery.parse("name:a\\ b\\:c\\(\\\"\\\\"))
          .isEqualTo(equal("name", "a b:c(\"\\"));
      assertThat(SearchQuery.parse("name:\"a\\\"b\\\\\"")).isEqualTo(equal("name", "a\"b\\"));
      assertThat(SearchQuery.parse("name:\\AND")).isEqualTo(equal("name", "AND"));
      assertThat(SearchQuery.parse("user_metadata.a\\ b:x"))
          .isEqualTo(equal("user_metadata.a b", "x"));
    }

    @Test
    void valuesMayHoldColonsPipesAndSigns() {
      assertThat(SearchQuery.parse("user_id:auth0|jane")).isEqualTo(equal("user_id", "auth0|jane"));
      assertThat(SearchQuery.parse("ip:::1")).isEqualTo(equal("ip", "::1"));
      assertThat(SearchQuery.parse("phone_number:+4912")).isEqualTo(equal("phone_number", "+4912"));
      assertThat(SearchQuery.parse("email:a-b+c@d.e")).isEqualTo(equal("email", "a-b+c@d.e"));
    }

    @Test
    void withoutAFieldTheDefaultsAreMeant() {
      assertThat(SearchQuery.parse("jane"))
          .isEqualTo(new Term(Optional.empty(), new Equal("jane")));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "[1 TO 2]|1|true|2|true",
          "{1 TO 2}|1|false|2|false",
          "[1 TO 2}|1|true|2|false",
          "[ \"a b\"  TO  c\\]d ]|a b|true|c]d|true",
          "[2018-01-01T00:00:00Z TO 2018]|2018-01-01T00:00:00Z|true|2018|true",
        })
    void ranges(String text, String lower, boolean from, String upper, boolean to) {
      assertThat(SearchQuery.parse("n:" + text))
          .isEqualTo(
              term(
                  "n",
                  new Range(
                      new Bound(Optional.of(lower), from), new Bound(Optional.of(upper), to))));
    }

    @Test
    void anAsteriskOpensARange() {
      assertThat(SearchQuery.parse("n:[* TO *]"))
          .isEqualTo(
              term(
                  "n",
                  new Range(new Bound(Optional.empty(), true), new Bound(Optional.empty(), true))));
    }

    @Test
    void existence() {
      assertThat(SearchQuery.parse("_exists_:app_metadata.plan"))
          .isEqualTo(new Exists("app_metadata.plan"));
      assertThat(SearchQuery.parse("name:*")).isEqualTo(new Exists("name"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "*", "**", "*:*"})
    void everything(String text) {
      assertThat(SearchQuery.parse(text)).isEqualTo(new Everything());
    }
  }

  @Nested
  class Operators {
    @Test
    void notBindsMoreCloselyThanAndAndThatMoreThanOr() {
      assertThat(SearchQuery.parse("f:a OR f:b AND NOT f:c"))
          .isEqualTo(new AnyOf(List.of(A, new AllOf(List.of(B, new Not(C))))));
    }

    @Test
    void parenthesesGroup() {
      assertThat(SearchQuery.parse("(f:a OR f:b) AND f:c"))
          .isEqualTo(new AllOf(List.of(new AnyOf(List.of(A, B)), C)));
    }

    @Test
    void termsSideBySideAreAlternatives() {
      assertThat(SearchQuery.parse("f:a f:b")).isEqualTo(new AnyOf(List.of(A, B)));
    }

    @Test
    void notBesideATermExcludes() {
      assertThat(SearchQuery.parse("f:a NOT f:b")).isEqualTo(new AllOf(List.of(A, new Not(B))));
    }

    @Test
    void aFieldMayHaveAGroupOfValues() {
      assertThat(SearchQuery.parse("f:(a OR b) AND NOT f:(c)"))
          .isEqualTo(new AllOf(List.of(new AnyOf(List.of(A, B)), new Not(C))));
    }

    @Test
    void operatorsAreInCapitals() {
      assertThat(SearchQuery.parse("f:a and"))
          .isEqualTo(new AnyOf(List.of(A, new Term(Optional.empty(), new Equal("and")))));
    }
  }

  @Nested
  class Refusals {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        value = {
          "name:|there is no value after 'name:'",
          "name:AND|there is no value after 'name:'",
          "name:a AND|unexpected the end of the query",
          "AND name:a|unexpected AND",
          "(name:a|a parenthesis is not closed",
          "name:a)|unexpected ')'",
          "()|unexpected ')'",
          "name:\"a|a quotation mark is not closed",
          "name:a\\|there is nothing after the last backslash",
          "name:*sa|at least 3 characters must follow a leading '*'",
          "name:*sa*|at least 3 characters must follow a leading '*'",
          "name:a*b|'*' may stand only at the beginning and the end of a value",
          "name:a?b|'?' is not supported; escape it with a backslash or quote the value",
          "name:/a/|regular expressions are not supported; quote the value",
          "-name:a|'-' is not an operator; use AND, OR and NOT",
          "name:a && name:b|'&' is not an operator; use AND, OR and NOT",
          "n:>5|'>' is not supported; use a range: [a TO b]",
          "n:[1 2]|a range must be written [a TO b] or {a TO b}",
          "n:[1 TO 2|a range must be written [a TO b] or {a TO b}",
          "n:[1 TO]|a range must be written [a TO b] or {a TO b}",
          "n:1]|unexpected ']' at character 4",
          ":a|there is no field name before ':'",
          "user_metadata.*:a|field names cannot have wildcards: 'user_metadata.'",
          "name:(email:a)|a field cannot be searched within 'name:('",
          "_exists_:na*|'_exists_:' needs the name of a field",
          "_exists_:(name)|there is no value after '_exists_:'",
          "*:a|only '*' may follow '*:'",
        })
    void saysWhatIsWrong(String text, String message) {
      assertThatExceptionOfType(SearchException.class)
          .isThrownBy(() -> SearchQuery.parse(text))
          .withMessage(message);
    }

    @Test
    void limitsLengthTermsAndNesting() {
      assertThat(SearchQuery.parse("a".repeat(SearchQuery.MAX_LENGTH))).isInstanceOf(Term.class);
      assertThatExceptionOfType(SearchException.class)
          .isThrownBy(() -> SearchQuery.parse("a".repeat(SearchQuery.MAX_LENGTH + 1)))
          .withMessage("the query is longer than 2000 characters");
      assertThatExceptionOfType(SearchException.class)
          .isThrownBy(() -> SearchQuery.parse("a ".repeat(SearchQuery.MAX_TERMS + 1)))
          .withMessage("the query has more than 100 terms");
      assertThatExceptionOfType(SearchException.class)
          .isThrownBy(() -> SearchQuery.parse("(".repeat(900) + "a" + ")".repeat(900)))
          .withMessage("the query is nested deeper than 20");
      assertThatExceptionOfType(SearchException.class)
          .isThrownBy(() -> SearchQuery.parse("NOT ".repeat(400) + "a"))
          .withMessage("the query is nested deeper than 20");
    }

    @Test
    void refusesWhatTheDatabaseCannotHold() {
      for (String text : new String[] {"a\0", "a\uD800", "\uDC00"}) {
        assertThatExceptionOfType(SearchException.class)
            .isThrownBy(() -> SearchQuery.parse("name:\"" + text + "\""))
            .withMessage("the query contains the character U+0000 or half a surrogate pair");
      }
    }

    @Test
    void anyTextIsEitherUnderstoodOrRefused() {
      String alphabet = "ab:*?\\\"()[]{} TOANDRNOT._-+!&|~^/<>é\uD83D\uDE00\uD800\t";
      Random random = new Random(7);
      int understood = 0;
      for (int i = 0; i < 200_000; i++) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(24); length >= 0; length--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        try {
          assertThat(SearchQuery.parse(text.toString())).isNotNull();
          understood++;
        } catch (SearchException e) {
          assertThat(e).hasMessageMatching("(?s).+");
        }
      }
      assertThat(understood).isBetween(1000, 199_000);
    }
  }
}
