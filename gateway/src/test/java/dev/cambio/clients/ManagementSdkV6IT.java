package dev.cambio.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The core of the Management API through npm's {@code auth0} 6.4.0. */
@DisplayName("auth0 6.4.0 ManagementClient, contract management-api §5.1")
@Order(Integer.MAX_VALUE)
@ResourceLock(ClientsTenant.LOCK)
class ManagementSdkV6IT {
  @TestFactory
  @DisplayName("What a custom token exchange needs")
  Stream<DynamicTest> core() {
    return ClientsTenant.tests("management-sdk-v6/core.mjs");
  }
}
