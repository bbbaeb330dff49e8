package dev.cambio.gateway.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small valid tenant in a directory; tests change one thing about it. */
record TenantDirectory(Path path) {
  private static final String VALID =
      """
      resourceServers:
        - identifier: https://api.example
          name: API
          scopes: [{value: read}]
      clients:
        - name: app
          client_secret: app-secret-0123456789
      databases:
        - name: users
          enabled_clients: [app]
      clientGrants:
        - client_id: app
          audience: https://api.example
          scope: [read]
      actions:
        - name: exchange
          code: ./actions/exchange.js
          deployed: true
          supported_triggers: [{id: custom-token-exchange}]
          secrets: [{name: KEY, value: one}, {name: OTHER, value: two}]
        - name: enrich
          code: ./actions/enrich.js
          deployed: true
          supported_triggers: [{id: post-login, version: v3}]
        - name: draft
          code: ./actions/enrich.js
          supported_triggers: [{id: post-login, version: v3}]
      tokenExchangeProfiles:
        - name: partner
          subject_token_type: urn:acme:partner
          action: exchange
          type: custom_authentication
      triggers:
        post-login:
          - action_name: enrich
      x-users:
        - user_id: auth0|jane
          connection: users
          email: Jane@acme.example
          app_metadata: {plan: gold}
      """;

  static TenantDirectory valid(Path path) throws IOException {
    TenantDirectory directory = new TenantDirectory(path);
    directory.write("tenant.yaml", VALID);
    directory.write("actions/exchange.js", "exports.onExecuteCustomTokenExchange = () => {};\n");
    directory.write("actions/enrich.js", "exports.onExecutePostLogin = () => {};\n");
    return directory;
  }

  void write(String file, String text) throws IOException {
    Path target = path.resolve(file);
    Files.createDirectories(path.resolve(file).resolveSibling(""));
    Files.writeString(target, text);
  }

  /** Replaces a piece of tenant.yaml that must be there. */
  void change(String from, String to) throws IOException {
    Path file = path.resolve("tenant.yaml");
    String text = Files.readString(file);
    if (!text.contains(from)) {
      throw new IllegalArgumentException("not in tenant.yaml: " + from);
    }
    Files.writeString(file, text.replace(from, to));
  }

  void append(String text) throws IOException {
    write("tenant.yaml", Files.readString(path.resolve("tenant.yaml")) + text);
  }
}
