package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A tree in which some places hold what nobody would write there. */
record MutatedTree(RandomGenerator random) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A copy with one to three changes. */
  ObjectNode of(ObjectNode tree) {
    ObjectNode copy = tree.deepCopy();
    int changes = random.nextInt(1, 4);
    for (int i = 0; i < changes; i++) {
      change(copy);
    }
    return copy;
  }

  private void change(ObjectNode tree) {
    List<JsonNode> containers = new ArrayList<>();
    collect(tree, containers);
    JsonNode container = containers.get(random.nextInt(containers.size()));
    if (container instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.isEmpty() ? "name" : names.get(random.nextInt(names.size()));
      if (random.nextInt(8) == 0) {
        object.set(name + "\0x", object.remove(name));
      } else {
        object.set(name, junk());
      }
    } else if (container instanceof ArrayNode array) {
      if (array.isEmpty() || random.nextBoolean()) {
        array.add(array.isEmpty() ? junk() : array.get(0).deepCopy());
      } else {
        array.set(random.nextInt(array.size()), junk());
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  private JsonNode junk() {
    return switch (random.nextInt(14)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(random.nextInt(-2, 3));
      case 2 -> JSON.numberNode(BigInteger.TEN.pow(400));
      case 3 -> JSON.numberNode(Double.NaN);
      case 4 -> JSON.booleanNode(random.nextBoolean());
      case 5 -> JSON.textNode("");
      case 6 -> JSON.textNode("a\0b");
      case 7 -> JSON.textNode("\ud800");
      case 8 -> JSON.textNode("x".repeat(100_000));
      case 9 -> JSON.textNode("../../../../etc/passwd");
      case 10 -> JSON.arrayNode();
      case 11 -> JSON.arrayNode().add(JSON.objectNode()).add("x").addNull();
      case 12 -> JSON.objectNode();
      default -> JSON.objectNode().put("a\nb", "x").set("__proto__", JSON.objectNode());
    };
  }
}
