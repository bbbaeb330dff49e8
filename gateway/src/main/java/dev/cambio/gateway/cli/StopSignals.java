package dev.cambio.gateway.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first has the node stop in order, with exit code 0, and the second ends
 * the process at once. Left to itself the JDK would take the first for a failure and the second for
 * nothing.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /** Takes the signals over from the JDK. */
  static void handle() {
    AtomicBoolean stopping = new AtomicBoolean();
    for (String name : new String[] {"TERM", "INT"}) {
      handle(name, () -> stop(stopping));
    }
  }

  private static void stop(AtomicBoolean stopping) {
    if (stopping.compareAndSet(false, true)) {
      // Not here, where the next signal would have to wait.
      Thread.ofPlatform().name("cambio-exit").start(() -> System.exit(0));
    } else {
      Runtime.getRuntime().halt(1);
    }
  }

  /** The class is not part of the platform's API, so nothing can be compiled against it. */
  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler run =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              action.run();
            }
            return null;
          };
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  StopSignals.class.getClassLoader(), new Class<?>[] {handler}, run));
    } catch (ReflectiveOperationException e) {
      LOG.debug("SIG{} is left to the JDK", name, e);
    }
  }
}
