package dev.cambio.gateway;

import dev.cambio.gateway.action.BreakerSettings;
import dev.cambio.gateway.client.TrustedEdge;
import dev.cambio.gateway.exchange.ExchangeSettings;
import dev.cambio.gateway.files.ImportSettings;
import dev.cambio.gateway.http.HttpSettings;
import dev.cambio.gateway.log.LogSettings;
import dev.cambio.gateway.management.ManagementSettings;
import dev.cambio.gateway.packages.BuildSettings;
import dev.cambio.gateway.stream.LogStreamSettings;
import dev.cambio.gateway.throttle.LimitSettings;
import dev.cambio.model.config.Settings;

/** The settings of the gateway role, each part read by the component that it belongs to. */
public record GatewaySettings(
    HttpSettings http,
    TrustedEdge edge,
    ExchangeSettings exchange,
    BuildSettings builds,
    BreakerSettings breaker,
    ManagementSettings management,
    ImportSettings imported,
    LimitSettings limits,
    LogSettings logs,
    LogStreamSettings logStreams) {

  public static GatewaySettings from(Settings settings) {
    return new GatewaySettings(
        HttpSettings.from(settings),
        TrustedEdge.from(settings),
        ExchangeSettings.from(settings),
        BuildSettings.from(settings),
        BreakerSettings.from(settings),
        ManagementSettings.from(settings),
        ImportSettings.from(settings),
        LimitSettings.from(settings),
        LogSettings.from(settings),
        LogStreamSettings.from(settings));
  }
}
