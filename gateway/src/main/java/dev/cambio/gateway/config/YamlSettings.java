package dev.cambio.gateway.config;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file as dotted keys. Works on the parsed nodes, so that a scalar keeps the spelling it has
 * in the file and every complaint can name a line.
 */
final class YamlSettings {
  private static final String ROOT = "cambio";

  /** Deeper than any key, and an end to aliases that contain themselves. */
  private static final int MAX_DEPTH = 8;

  private final String origin;
  private final Map<String, Settings.Value> values = new LinkedHashMap<>();

  private YamlSettings(String origin) {
    this.origin = origin;
  }

  /**
   * Reads the file.
   *
   * @param origin how messages name it
   * @throws SettingsException if it cannot be read or is not a tree of keys below {@code cambio}
   */
  static Map<String, Settings.Value> read(Path file, String origin) {
    YamlSettings settings = new YamlSettings(origin);
    try (Reader reader = Files.newBufferedReader(file)) {
      Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
      settings.root(root);
    } catch (IOException e) {
      throw new SettingsException("%s: cannot be read (%s)".formatted(origin, reason(e)));
    } catch (MarkedYAMLException e) {
      throw new SettingsException(
          "%s line %d: not valid YAML: %s"
              .formatted(origin, e.getProblemMark().getLine() + 1, e.getProblem()));
    } catch (YAMLException e) {
      throw new SettingsException("%s: not valid YAML: %s".formatted(origin, firstLine(e)));
    }
    return settings.values;
  }

  private void root(Node root) {
    if (root == null || isNull(root)) {
      return;
    }
    if (!(root instanceof MappingNode mapping)) {
      throw complaint(root, "expected the key '" + ROOT + "'");
    }
    for (NodeTuple entry : mapping.getValue()) {
      String key = key(entry);
      if (!key.equals(ROOT)) {
        throw complaint(
            entry.getKeyNode(), "'" + key + "' must stand below the key '" + ROOT + "'");
      }
      if (!isNull(entry.getValueNode())) {
        if (!(entry.getValueNode() instanceof MappingNode settings)) {
          throw complaint(entry.getValueNode(), "'" + ROOT + "' must hold keys");
        }
        add("", settings, 0);
      }
    }
  }

  private void add(String prefix, MappingNode mapping, int depth) {
    if (depth > MAX_DEPTH) {
      throw complaint(mapping, "nested too deeply");
    }
    for (NodeTuple entry : mapping.getValue()) {
      String key = prefix + key(entry);
      switch (entry.getValueNode()) {
        case MappingNode nested -> add(key + ".", nested, depth + 1);
        case SequenceNode list -> put(key, items(key, list), entry.getKeyNode());
        case ScalarNode scalar -> put(key, text(scalar), entry.getKeyNode());
        default -> throw complaint(entry.getValueNode(), key + " must be a value or a list");
      }
    }
  }

  private void put(String key, String text, Node at) {
    String line = origin + " line " + (at.getStartMark().getLine() + 1);
    Settings.Value earlier = values.putIfAbsent(key, new Settings.Value(text, line));
    if (earlier != null) {
      throw new SettingsException(
          "%s: %s is given twice, first at %s".formatted(line, key, earlier.origin()));
    }
  }

  private String items(String key, SequenceNode list) {
    List<Node> items = list.getValue();
    return items.stream().map(item -> item(key, item)).collect(Collectors.joining(","));
  }

  private String item(String key, Node item) {
    if (item instanceof ScalarNode scalar && !text(scalar).contains(",")) {
      return text(scalar);
    }
    throw complaint(item, "the items of " + key + " must be plain values without a comma");
  }

  private String key(NodeTuple entry) {
    if (entry.getKeyNode() instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw complaint(entry.getKeyNode(), "a key must be plain text");
  }

  private SettingsException complaint(Node at, String problem) {
    return new SettingsException(
        "%s line %d: %s".formatted(origin, at.getStartMark().getLine() + 1, problem));
  }

  private static String text(ScalarNode scalar) {
    return isNull(scalar) ? "" : scalar.getValue();
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "no such file"
        : e.getClass().getSimpleName();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }
}
