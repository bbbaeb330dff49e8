package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one Action, as the gateway asks for it (contract actions-runtime §11).
 *
 * @param executionId id shared by all Actions of one trigger run
 * @param tenantId the tenant; contexts and caches are never shared across it
 * @param trigger selects the handler and the {@code api} object
 * @param version the deployed version to run
 * @param event JSON text of the {@code event} object, without {@code secrets}
 * @param secrets the version's secrets, {@code event.secrets}
 * @param sensitive further values, such as the subject token, that console output must not show
 * @param timeoutMs wall-clock budget left for this run, in milliseconds
 * @param trial present if the run is a trial; then nothing of it outlives it
 */
public record ActionInvocation(
    String executionId,
    String tenantId,
    Trigger trigger,
    ActionVersion version,
    String event,
    Map<String, String> secrets,
    List<String> sensitive,
    long timeoutMs,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
        @Nullable ActionTrial trial) {

  public ActionInvocation {
    secrets = Map.copyOf(secrets);
    sensitive = List.copyOf(sensitive);
  }

  /** A run that serves. */
  public ActionInvocation(
      String executionId,
      String tenantId,
      Trigger trigger,
      ActionVersion version,
      String event,
      Map<String, String> secrets,
      List<String> sensitive,
      long timeoutMs) {
    this(executionId, tenantId, trigger, version, event, secrets, sensitive, timeoutMs, null);
  }

  /** The run as a trial. */
  public ActionInvocation tried(ActionTrial as) {
    return new ActionInvocation(
        executionId, tenantId, trigger, version, event, secrets, sensitive, timeoutMs, as);
  }

  /** The same with another budget, in milliseconds. */
  public ActionInvocation within(long leftMs) {
    return new ActionInvocation(
        executionId, tenantId, trigger, version, event, secrets, sensitive, leftMs, trial);
  }

  /** Names the run; event, secrets and tokens stay out. */
  @Override
  public String toString() {
    return "ActionInvocation[%s %s %s]".formatted(executionId, trigger.id(), version.versionId());
  }
}
