package dev.cambio.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeywordsTest {
  private static String replace(String text, String key, JsonNode value) {
    return new Keywords(Map.of(key, value)).replace(text, 1000).orElseThrow();
  }

  @Test
  void insertsBareValuesAsTheyAre() {
    assertThat(replace("a: ##K##/##K##", "K", TextNode.valueOf("x \"y\"")))
        .isEqualTo("a: x \"y\"/x \"y\"");
    assertThat(replace("a: ##K##", "K", IntNode.valueOf(7))).isEqualTo("a: 7");
  }

  @Test
  void insertsJsonAndConsumesQuotesAroundTheMarker() {
    TextNode value = TextNode.valueOf("x\"y");
    assertThat(replace("@@K@@ '@@K@@' \"@@K@@\"", "K", value))
        .isEqualTo("\"x\\\"y\" \"x\\\"y\" \"x\\\"y\"");
    assertThat(replace("@@K@@", "K", JsonNodeFactory.instance.arrayNode().add(1))).isEqualTo("[1]");
  }

  @Test
  void takesNothingInAValueAsSpecial() {
    String special = "$& $' $1 \\1 \\n";
    assertThat(replace("<##K##>", "K", TextNode.valueOf(special))).isEqualTo("<" + special + ">");
  }

  @Test
  void replacesJsonMarkersBeforeBareOnesAndKeysInTheirOrder() {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    values.put("OUTER", TextNode.valueOf("##INNER##"));
    values.put("INNER", TextNode.valueOf("x"));

    assertThat(new Keywords(values).replace("@@OUTER@@ ##OUTER##", 1000)).contains("\"x\" x");
  }

  @Test
  @DisplayName("keywords in values of keywords make no text without end")
  void bounds() {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      values.put("K" + i, TextNode.valueOf(("##K" + (i + 1) + "##").repeat(2)));
    }

    assertThat(new Keywords(values).replace("##K0##", 1000)).isEmpty();
    assertThat(new Keywords(Map.of("K", TextNode.valueOf("x".repeat(100)))).replace("##K##", 100))
        .hasValueSatisfying(text -> assertThat(text).hasSize(100));
  }

  @Test
  void findsWhatIsLeft() {
    assertThat(Keywords.unresolved("a ##A_1## b")).contains("##A_1##");
    assertThat(Keywords.unresolved("a @@A_1@@ b")).contains("@@A_1@@");
    assertThat(Keywords.unresolved("## a heading ## and a@@b")).isEmpty();
  }
}
