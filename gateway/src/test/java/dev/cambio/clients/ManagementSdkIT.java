package dev.cambio.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Every resource of the Management API through npm's {@code auth0} 7.1.0. */
@DisplayName("auth0 7.1.0 ManagementClient, contract management-api §5.1")
@Order(Integer.MAX_VALUE)
@ResourceLock(ClientsTenant.LOCK)
class ManagementSdkIT {
  @TestFactory
  @DisplayName("Actions, their versions, triggers and executions")
  Stream<DynamicTest> actions() {
    return ClientsTenant.tests("management-sdk/actions.mjs");
  }

  @TestFactory
  @DisplayName("Token exchange profiles")
  Stream<DynamicTest> tokenExchangeProfiles() {
    return ClientsTenant.tests("management-sdk/token-exchange-profiles.mjs");
  }

  @TestFactory
  @DisplayName("Clients and their credentials")
  Stream<DynamicTest> clients() {
    return ClientsTenant.tests("management-sdk/clients.mjs");
  }

  @TestFactory
  @DisplayName("APIs")
  Stream<DynamicTest> resourceServers() {
    return ClientsTenant.tests("management-sdk/resource-servers.mjs");
  }

  @TestFactory
  @DisplayName("Client grants")
  Stream<DynamicTest> clientGrants() {
    return ClientsTenant.tests("management-sdk/client-grants.mjs");
  }

  @TestFactory
  @DisplayName("Connections")
  Stream<DynamicTest> connections() {
    return ClientsTenant.tests("management-sdk/connections.mjs");
  }

  @TestFactory
  @DisplayName("Users")
  Stream<DynamicTest> users() {
    return ClientsTenant.tests("management-sdk/users.mjs");
  }

  @TestFactory
  @DisplayName("Roles")
  Stream<DynamicTest> roles() {
    return ClientsTenant.tests("management-sdk/roles.mjs");
  }

  @TestFactory
  @DisplayName("Organizations")
  Stream<DynamicTest> organizations() {
    return ClientsTenant.tests("management-sdk/organizations.mjs");
  }

  @TestFactory
  @DisplayName("Settings and attack protection")
  Stream<DynamicTest> settings() {
    return ClientsTenant.tests("management-sdk/settings.mjs");
  }

  @TestFactory
  @DisplayName("Logs and log streams")
  Stream<DynamicTest> logs() {
    return ClientsTenant.tests("management-sdk/logs.mjs");
  }

  @TestFactory
  @DisplayName("Signing keys")
  Stream<DynamicTest> keys() {
    return ClientsTenant.tests("management-sdk/keys.mjs");
  }

  @TestFactory
  @DisplayName("A tenant set up by the SDK exchanges tokens")
  Stream<DynamicTest> exchange() {
    return ClientsTenant.tests("management-sdk/exchange.mjs");
  }
}
