package dev.cambio.gateway.management;

import java.util.List;
import java.util.stream.Stream;

/** The scopes of the Management API (contract management-api §2, §3.3). */
final class ManagementScopes {
  static final List<String> ALL =
      Stream.concat(
              Stream.of(
                      "actions",
                      "clients",
                      "client_credentials",
                      "client_grants",
                      "resource_servers",
                      "connections",
                      "roles",
                      "users",
                      "organizations",
                      "organization_connections",
                      "organization_members",
                      "organization_member_roles",
                      "organization_client_grants",
                      "organization_discovery_domains",
                      "token_exchange_profiles",
                      "log_streams",
                      "role_members")
                  .flatMap(
                      entity ->
                          Stream.of("read", "create", "update", "delete")
                              .map(verb -> verb + ":" + entity)),
              Stream.of(
                  "read:logs",
                  "read:logs_users",
                  "read:client_keys",
                  "update:client_keys",
                  "read:scim_config",
                  "read:tenant_settings",
                  "update:tenant_settings",
                  "read:attack_protection",
                  "update:attack_protection",
                  "read:guardian_factors",
                  "update:guardian_factors",
                  "read:mfa_policies",
                  "update:mfa_policies",
                  "delete:guardian_enrollments",
                  "read:signing_keys",
                  "create:signing_keys",
                  "update:signing_keys"))
          .toList();

  private ManagementScopes() {}
}
