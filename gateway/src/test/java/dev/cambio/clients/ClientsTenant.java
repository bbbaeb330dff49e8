package dev.cambio.clients;

import dev.cambio.e2e.TestNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The tenant that Auth0's clients administer, on the shared node and over TLS. It is imported once;
 * each script leaves it as it was.
 */
final class ClientsTenant {
  /** For whom nobody else may change the tenant; who waits for it comes last. */
  static final String LOCK = "clients tenant";

  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private ClientsTenant() {}

  private static final class Imported {
    private static final String DOMAIN = importTenant();
  }

  private static String importTenant() {
    String domain = "127.0.0.1:" + URI.create(TestNode.shared().tlsQuickstart()).getPort();
    TestNode.shared().importTenant(RESOURCES.resolve("clients-tenant"), "clients", domain);
    return domain;
  }

  /** The tests of a script against this tenant. */
  static Stream<DynamicTest> tests(String script) {
    return NodeScript.tests(
        script,
        Map.of(
            "CAMBIO_DOMAIN",
            Imported.DOMAIN,
            "CAMBIO_FIXTURE",
            RESOURCES.resolve("deploy-cli-tenant").toAbsolutePath().toString(),
            "NODE_EXTRA_CA_CERTS",
            TestNode.shared().caFile().toString()));
  }
}
