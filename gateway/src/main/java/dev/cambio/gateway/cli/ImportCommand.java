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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a tenant directory into the database. */
@Command(
    name = "import",
    description = "Import a tenant directory (deploy-CLI YAML layout) into the database.",
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9_]([a-z0-9._-]*[a-z0-9])?|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

  @Spec private @Nullable CommandSpec command;

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
      description =
          "Further host at which the tenant is served. May be repeated; those given replace those"
              + " of before.")
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
    String servedAt = host("--domain", domain);
    Set<String> further = new LinkedHashSet<>();
    hosts.forEach(each -> further.add(host("--host", each)));
    NodeConfiguration configuration = options.configuration();
    ImportOptions once =
        new ImportOptions(tenant, servedAt, all, configuration.node().quickstart(), dryRun);
    ImportReport report =
        new OfflineTenants(configuration, Clock.systemUTC())
            .importTenant(directory, hosts.isEmpty() ? once : once.alsoAt(further));
    System.out.println(json ? report.toJson().toPrettyString() : report.toString());
    return 0;
  }

  /** A host as requests name it: in lower case, with neither scheme nor path. */
  private String host(String option, String given) {
    String host = given.toLowerCase(Locale.ROOT);
    if (!HOST.matcher(host).matches()) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(),
          "%s %s is not a host name, with a port if need be".formatted(option, given));
    }
    return host;
  }
}
