package dev.cambio.gateway;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.exchange.ExchangeSettings;
import dev.cambio.gateway.trial.TrialEvent;
import dev.cambio.gateway.trial.TrialReport;
import dev.cambio.gateway.trial.TriedAction;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.config.Settings;
import dev.cambio.runtime.ActionsSettings;
import dev.cambio.runtime.TrialRunner;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/** Tries an Action without a node: no database, no cluster, no port. */
public final class OfflineTrial {
  private static final String TENANT = "trial";

  private final TrialRunner runner;
  private final Duration budget;

  /**
   * Reads what it needs of the settings of a node: those of Actions.
   *
   * @throws dev.cambio.model.config.SettingsException naming the first bad key
   */
  public OfflineTrial(Settings settings, Clock clock) {
    this.runner =
        new TrialRunner(
            ActionsSettings.read(settings, ConfigLoader.home().resolve("guest")), clock);
    this.budget = ExchangeSettings.from(settings).actionTimeout();
  }

  /**
   * Runs the Action; blocks.
   *
   * @throws IOException if no guest process can be started
   */
  public TrialReport run(TriedAction action, TrialEvent event, ActionTrial trial)
      throws IOException {
    ActionResult result =
        runner.run(action.invocation(TENANT, TENANT, event, trial, budget), action.code());
    return TrialReport.of(action, event, result);
  }
}
