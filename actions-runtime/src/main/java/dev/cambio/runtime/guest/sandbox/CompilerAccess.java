package dev.cambio.runtime.guest.sandbox;

import com.oracle.truffle.runtime.ModulesSupport;

/**
 * Lets the JavaScript compiler use what the JDK keeps for it. A module that takes the place of one
 * of the JDK's forbids every archive of classes, so a guest that starts from one has the compiler
 * under another name (ADR 28), and the JDK knows it by the usual one alone.
 */
public final class CompilerAccess {
  private static final String USUAL = "jdk.graal.compiler";
  private static final String OTHER = "jdk.internal.vm.compiler";
  private static final String INTERFACE = "jdk.internal.vm.ci";

  private CompilerAccess() {}

  /** Grants it; nothing happens where the compiler has its usual name. To be called first. */
  public static void grant() {
    ModuleLayer.boot().findModule(OTHER).ifPresent(CompilerAccess::grantTo);
  }

  private static void grantTo(Module compiler) {
    for (Module module : ModuleLayer.boot().modules()) {
      module.getDescriptor().exports().stream()
          .filter(exported -> exported.targets().contains(USUAL))
          .forEach(exported -> ModulesSupport.addExports(module, exported.source(), compiler));
      if (module.getName().equals(INTERFACE)) {
        module.getPackages().forEach(name -> ModulesSupport.addOpens(module, name, compiler));
      }
    }
  }
}
