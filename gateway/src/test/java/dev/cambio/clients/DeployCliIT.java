package dev.cambio.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The deploy CLI, {@code auth0-deploy-cli} 8.44.0, with a running tenant. It keeps itself to a few
 * requests per second, so other tests run meanwhile.
 */
@DisplayName("auth0-deploy-cli 8.44.0, contract management-api §5.2, §5.3, §5.6")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(ClientsTenant.LOCK)
class DeployCliIT {
  @TestFactory
  @DisplayName("Import twice, export as YAML and as directory, import both, delete")
  Stream<DynamicTest> importsAndExports() {
    return ClientsTenant.tests("deploy-cli/import-export.mjs");
  }
}
