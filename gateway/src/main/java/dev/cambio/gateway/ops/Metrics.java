package dev.cambio.gateway.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The numbers of this node, as Prometheus reads them. Safe for use by many threads. */
public final class Metrics {
  /** Of {@link #text}. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Where each part of the node registers its own. */
  public MeterRegistry registry() {
    return registry;
  }

  /** All of them. */
  public String text() {
    return registry.scrape(CONTENT_TYPE);
  }
}
