package dev.cambio.model.action;

import java.util.List;
import java.util.Optional;

/**
 * All code of an Action version: what actions nodes fetch by one hash, and guests take apart again
 * (contract actions-runtime §2.5, §2.7).
 *
 * @param code of the Action itself
 * @param packages the bundle of the npm packages that it declares
 * @param modules of Actions that it uses
 */
public record ActionProgram(String code, Optional<String> packages, List<Module> modules) {
  private static final String HEAD = "//cambio program\n";

  /** What a label starts with, and what {@code require} is given. */
  private static final String MODULE = "actions:";

  /** Before the label of the code that requires them. */
  private static final String PACKAGES = "packages:";

  public ActionProgram {
    modules = List.copyOf(modules);
  }

  /**
   * A module of Actions.
   *
   * @param packages the bundle of the npm packages that it declares
   */
  public record Module(String name, String code, Optional<String> packages) {}

  /** The text that is stored and sent: that of the Action where there is nothing else. */
  public String text() {
    if (packages.isEmpty() && modules.isEmpty() && !code.startsWith(HEAD)) {
      return code;
    }
    StringBuilder text = new StringBuilder(HEAD);
    append(text, "", code);
    packages.ifPresent(bundle -> append(text, PACKAGES, bundle));
    for (Module module : modules) {
      append(text, MODULE + module.name(), module.code());
      module
          .packages()
          .ifPresent(bundle -> append(text, PACKAGES + MODULE + module.name(), bundle));
    }
    return text.toString();
  }

  /** Lengths are in UTF-16 code units. */
  private static void append(StringBuilder text, String label, String part) {
    text.append(label.length()).append(' ').append(part.length()).append('\n');
    text.append(label).append(part).append('\n');
  }

  /**
   * The name of a module's secret among the secrets of an invocation. It has a NUL, which no
   * secret's own name has.
   */
  public static String moduleSecret(String module, String secret) {
    return MODULE + module + '\0' + secret;
  }
}
