package dev.cambio.gateway.cli;

import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.config.Role;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves until a signal ends it. */
@Command(
    name = "serve",
    description = "Start a node and serve until stopped.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Option(
      names = "--watch",
      description = "In quickstart: import the tenant's files again whenever they change.")
  private boolean watch;

  @Option(
      names = "--stop-with-parent",
      hidden = true,
      description = "Stop when the process that started this one ends.")
  private boolean stopWithParent;

  @Override
  public Integer call() throws InterruptedException {
    if (stopWithParent) {
      stopWithParent();
    }
    NodeConfiguration configuration =
        watch ? options.configuration(Map.of("import.watch", "true")) : options.configuration();
    Cryptography.install();
    StopSignals.handle();
    Clock clock = Clock.systemUTC();
    Node node = Node.start(configuration, clock);
    if (configuration.node().quickstart() && configuration.node().has(Role.GATEWAY)) {
      System.out.println(new QuickstartGreeting(node.httpPort(), node.opsPort()).text(clock));
      node.tlsCertificate()
          .ifPresent(
              file ->
                  System.out.printf(
                      "Also at https://localhost:%d/; trust it by %s%n", node.httpsPort(), file));
    } else {
      System.out.printf("cambio is ready; operations port %d%n", node.opsPort());
    }
    node.awaitClosed();
    return 0;
  }

  /** A build tool that is killed takes no children along by itself. */
  private static void stopWithParent() {
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    Thread.ofPlatform()
        .name("cambio-parent")
        .daemon()
        .start(
            () -> {
              parent.onExit().join();
              System.exit(0);
            });
  }
}
