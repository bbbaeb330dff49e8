package dev.cambio.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.OfflineTenants;
import dev.cambio.gateway.files.ImportOptions;
import dev.cambio.gateway.files.ImportReport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a tenant directory into the database. */
@Command(
    name = "import",
    description = "Import a tenant directory (deploy-CLI YAML layout) into the database.",
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Parameters(paramLabel = "DIR", description = "Directory with tenant.yaml, or the file itself.")
  private Path directory = Path.of("");

  @Option(names = "--tenant", required = true, paramLabel = "ID", description = "Tenant id.")
  private String tenant = "";

  @Option(
      names = "--domain",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "Host name by which requests find the tenant.")
  private String domain = "";

  @Option(
      names = "--host",
      paramLabel = "HOST[:PORT]",
      description = "Further host at which the tenant is served. May be repeated.")
  private Set<String> hosts = new LinkedHashSet<>();

  @Option(
      names = "--keyword",
      paramLabel = "NAME=VALUE",
      description =
          "Replaces ##NAME## and @@NAME@@ in the files. May be repeated; the variable"
              + " AUTH0_KEYWORD_REPLACE_MAPPINGS is read too.")
  private Map<String, String> keywords = new LinkedHashMap<>();

  @Option(
      names = "--dry-run",
      description = "Print what an import would change, and change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Cryptography.install();
    Map<String, JsonNode> all = new LinkedHashMap<>(KeywordMappings.ofProcess());
    keywords.forEach((name, value) -> all.put(name, TextNode.valueOf(value)));
    NodeConfiguration configuration = options.configuration();
    ImportReport report =
        new OfflineTenants(configuration, Clock.systemUTC())
            .importTenant(
                directory,
                hosts,
                new ImportOptions(tenant, domain, all, configuration.node().quickstart(), dryRun));
    System.out.println(json ? report.toJson().toPrettyString() : report.toString());
    return 0;
  }
}
