package dev.cambio.gateway.files;

import java.util.Set;

/** Secrets that everybody knows, since the quickstart tenant is published with them. */
final class SampleSecrets {
  private static final Set<String> PUBLISHED =
      Set.of(
          "quickstart-app-secret-0123456789abcdef",
          "quickstart-admin-secret-0123456789abcdef",
          "acme-partner-secret-0123456789abcdef0123456789",
          "acme-employee-secret-0123456789abcdef012345678");

  private SampleSecrets() {}

  /** Complains about a published secret. */
  static void refuse(Entry entry, String member) {
    if (entry.optionalText(member).filter(PUBLISHED::contains).isPresent()) {
      throw entry
          .at(member)
          .problem("is the published secret of the quickstart tenant; use one of your own");
    }
  }
}
