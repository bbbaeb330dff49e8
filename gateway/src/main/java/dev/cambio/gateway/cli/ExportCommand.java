package dev.cambio.gateway.cli;

import dev.cambio.gateway.OfflineTenants;
import dev.cambio.gateway.files.TenantExporter.Format;
import dev.cambio.gateway.files.TenantExporter.Target;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a tenant of the database as files. */
@Command(
    name = "export",
    description = "Export a tenant from the database to a directory, without its secrets.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Parameters(paramLabel = "DIR", description = "Directory to write to.")
  private Path directory = Path.of("");

  @Option(names = "--tenant", required = true, paramLabel = "ID", description = "Tenant id.")
  private String tenant = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "yaml (one tenant.yaml) or directory (a file per entity). Default: yaml.")
  private Format format = Format.YAML;

  @Option(names = "--force", description = "Write to a directory that is not empty.")
  private boolean force;

  @Override
  public Integer call() {
    Cryptography.install();
    new OfflineTenants(options.configuration(), Clock.systemUTC())
        .exportTenant(tenant, new Target(directory, format, force));
    return 0;
  }
}
