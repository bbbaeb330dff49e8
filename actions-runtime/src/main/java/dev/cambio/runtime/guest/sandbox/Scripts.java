package dev.cambio.runtime.guest.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Source;
import org.jspecify.annotations.Nullable;

/**
 * Sources by name or hash. The engine shares compiled code between realms that evaluate the same
 * {@link Source}, so each text is made a source once. Safe for use by many threads.
 */
public final class Scripts {
  private static final String FOLDER = "/dev/cambio/runtime/guest/js/";
  private static final Pattern PACKAGE = Pattern.compile("\"([^\"\\\\]+)\"\\s*:\\s*\"[^\"]*\"");

  /** Programs kept; each is at most a few megabytes, and most of that is shared. */
  private static final int MAX_PROGRAMS = 128;

  // On the first line, so that line numbers in stacks are those of the Action's own source.
  private static final String HEAD =
      "(function (exports, require, module, __filename, __dirname) {";
  private static final String TAIL = "\n})";

  // A function around, so that a module may have a variable of that name.
  private static final String MODULE_HEAD =
      "(function (actions) { return function (exports, require, module, __filename, __dirname) {";
  private static final String MODULE_TAIL = "\n}})";

  private final Source prelude = source("prelude.js", resource("prelude.js"));
  private final Map<String, Source> packages = new ConcurrentHashMap<>();
  private final List<String> packageNames = readPackageNames();
  private final LinkedHashMap<String, Program> programs = new LinkedHashMap<>(16, 0.75f, true);

  Source prelude() {
    return prelude;
  }

  /** Names of the packages that {@code require} finds without a declaration. */
  public List<String> packageNames() {
    return packageNames;
  }

  /** Whether the program of that hash is here. */
  public boolean has(String contentHash) {
    return program(contentHash) != null;
  }

  /** Keeps the program of an Action version under its hash. */
  public void keep(String contentHash, String text) {
    synchronized (programs) {
      Map<String, Source> parts = new HashMap<>();
      ProgramText.parts(text).forEach((label, part) -> parts.put(label, part(label, part)));
      programs.put(contentHash, new Program(parts));
      if (programs.size() > MAX_PROGRAMS) {
        programs.pollFirstEntry();
      }
    }
  }

  /** Versions that differ in their own code have most of the rest in common. */
  private Source part(String label, String text) {
    String code =
        label.startsWith(Program.MODULE) ? MODULE_HEAD + text + MODULE_TAIL : HEAD + text + TAIL;
    for (Program program : programs.values()) {
      Source same = program.part(label);
      if (same != null && same.getCharacters().toString().equals(code)) {
        return same;
      }
    }
    return source(Program.fileName(label), code);
  }

  /** Whether it requires modules of Actions. */
  public boolean usesModules(String contentHash) {
    Program program = program(contentHash);
    return program != null
        && program.parts().keySet().stream().anyMatch(label -> label.startsWith(Program.MODULE));
  }

  @Nullable Program program(String contentHash) {
    synchronized (programs) {
      return programs.get(contentHash);
    }
  }

  @Nullable Source packageNamed(String name) {
    if (!packageNames.contains(name)) {
      return null;
    }
    return packages.computeIfAbsent(
        name, key -> source(key + ".js", HEAD + resource("packages/" + key + ".js") + TAIL));
  }

  private static Source source(String name, String text) {
    return Source.newBuilder("js", text, name).buildLiteral();
  }

  private static List<String> readPackageNames() {
    TreeSet<String> names = new TreeSet<>();
    // Our own build wrote the file: one flat object of strings.
    Matcher matcher = PACKAGE.matcher(resource("packages/packages.json"));
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return List.copyOf(names);
  }

  private static String resource(String name) {
    try (InputStream in = Scripts.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the guest class path: " + FOLDER + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
