package dev.cambio.runtime.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The programs that a guest process is started through, each tried out first. All of them end in
 * exec, so the process that is started is the one that is killed.
 */
record Isolation(List<String> prefix, GuestProtection protection) {
  /** No program in between. */
  static final Isolation NONE =
      new Isolation(List.of(), new GuestProtection(false, false, false, false, true));

  private static final List<String> SESSION = List.of("setsid");
  private static final List<String> PRIVILEGES = List.of("setpriv", "--no-new-privs");
  private static final List<String> NAMESPACES = List.of("unshare", "--map-root-user", "--net");
  private static final List<String> PATHS = List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/");

  /** Finds out what works here. */
  static Isolation probe() {
    List<String> prefix = new ArrayList<>();
    boolean session = add(prefix, SESSION);
    boolean namespaces = add(prefix, NAMESPACES);
    boolean privileges = add(prefix, PRIVILEGES);
    return new Isolation(
        List.copyOf(prefix),
        new GuestProtection(namespaces, namespaces, session, privileges, true));
  }

  private static boolean add(List<String> prefix, List<String> step) {
    for (String path : PATHS) {
      List<String> longer = new ArrayList<>(prefix);
      longer.add(path + step.getFirst());
      longer.addAll(step.subList(1, step.size()));
      if (works(longer)) {
        prefix.clear();
        prefix.addAll(longer);
        return true;
      }
    }
    return false;
  }

  private static boolean works(List<String> prefix) {
    List<String> command = new ArrayList<>(prefix);
    command.add("/bin/true");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    try {
      Process process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
      process.getOutputStream().close();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
