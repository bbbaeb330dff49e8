package dev.cambio.gateway.files;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a node with the gateway role imports when it starts.
 *
 * @param path directory or {@code tenant.yaml}; quickstart has one of its own
 * @param tenant the tenant's id
 * @param domain host at which it is served; quickstart follows its port
 * @param watch whether changes of the files are imported while the node runs
 */
public record ImportSettings(
    Optional<Path> path, Optional<String> tenant, Optional<String> domain, boolean watch) {

  /**
   * Reads and checks the settings.
   *
   * @throws SettingsException for a path without a tenant or, outside quickstart, without a domain
   */
  public static ImportSettings from(Settings settings) {
    boolean quickstart = settings.flag("quickstart", false);
    ImportSettings read =
        new ImportSettings(
            settings.optional("import.path").map(Path::of),
            settings.optional("import.tenant"),
            settings.optional("import.domain"),
            settings.flag("import.watch", false));
    if (read.watch && !quickstart) {
      throw settings.bad("import.watch", "false outside quickstart");
    }
    if (read.path.isPresent() && !quickstart) {
      if (read.tenant.isEmpty()) {
        throw settings.bad("import.tenant", "the id of the tenant at import.path");
      }
      if (read.domain.isEmpty()) {
        throw settings.bad("import.domain", "the host at which that tenant is served");
      }
    }
    return read;
  }
}
