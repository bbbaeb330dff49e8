package dev.cambio.runtime.process;

import java.util.regex.Pattern;

/**
 * Tells a guest that did not start because JDK and JavaScript compiler do not fit from one that did
 * not start for any other reason, such as a machine without memory. Only the former is better off
 * without the compiler, with which it runs many times as fast.
 */
final class CompilerFault {
  /** How the JVM and our own main method end for what they say on stderr; a signal is more. */
  private static final int GAVE_UP = 1;

  private static final Pattern NAMED =
      Pattern.compile(
          "JVMCI|jdk\\.vm\\.ci|jdk\\.graal\\.compiler|jdk\\.internal\\.vm\\.c(i|ompiler)"
              + "|org\\.graalvm\\.compiler|com\\.oracle\\.truffle\\.(runtime|compiler)|initialization"
              + " of boot layer|Could not find option with name (compiler|engine)\\.");

  private CompilerFault() {}

  static boolean isOne(int exitCode, String said) {
    return exitCode == GAVE_UP && NAMED.matcher(said).find();
  }
}
