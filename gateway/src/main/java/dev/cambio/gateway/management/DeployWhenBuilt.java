package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cambio.gateway.packages.AfterBuild;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deploys and publishes what was created to serve at once, when its packages are built. */
public final class DeployWhenBuilt implements AfterBuild {
  private static final Logger LOG = LoggerFactory.getLogger(DeployWhenBuilt.class);

  private final Operations operations;
  private final TenantSetup setup;
  private final Clock clock;

  public DeployWhenBuilt(Operations operations, SecretSeal seal, Clock clock) {
    this.operations = operations;
    this.setup = new TenantSetup(seal, clock);
    this.clock = clock;
  }

  @Override
  public void finished(TenantQueries rows, String buildId) {
    each(rows, buildId, "action", "deploy_when_built", "deployAction");
    each(rows, buildId, "action_module", "publish_when_built", "publishActionModule");
  }

  private void each(
      TenantQueries rows, String buildId, String table, String flag, String operation) {
    rows.list(
            "update %s set %s = false where tenant_id = $1 and build_id = $2 and %s returning id"
                .formatted(table, flag, flag),
            row -> row.getString("id"),
            buildId)
        .forEach(id -> call(rows, operation, id));
  }

  private void call(TenantQueries rows, String operation, String id) {
    OffsetDateTime now = clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
    Tenant tenant = setup.find(rows).orElseThrow();
    try {
      new ManagementSession(operations, tenant, "", rows, now)
          .call(operation, Map.of("id", id), MissingNode.getInstance());
    } catch (ManagementException refusal) {
      LOG.info("{} {} of {}: {}", operation, id, rows.tenantId(), refusal.message());
    }
  }
}
