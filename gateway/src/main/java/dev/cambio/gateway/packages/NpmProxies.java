package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The proxies that npm's settings or the environment name, as npm chooses among them.
 *
 * @param https for https
 * @param http for plain http
 * @param without hosts, or what hosts end in, that are reached directly
 */
record NpmProxies(Optional<URI> https, Optional<URI> http, List<String> without) {
  static NpmProxies of(JsonNode config, Map<String, String> environment) {
    Optional<URI> set = first(text(config, "https-proxy"), text(config, "proxy"));
    Optional<URI> https = first(variable(environment, "https_proxy"));
    Optional<URI> http = first(variable(environment, "http_proxy"));
    JsonNode noproxy = config.path("noproxy");
    Stream<String> without =
        noproxy.isArray()
            ? StreamSupport.stream(noproxy.spliterator(), false).map(JsonNode::asText)
            : Stream.of(text(config, "noproxy"));
    return new NpmProxies(
        set.or(() -> https),
        set.or(() -> https).or(() -> http),
        without
            .flatMap(each -> Stream.of(each.split(",")))
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .toList());
  }

  private static String text(JsonNode config, String key) {
    String text = config.path(key).textValue();
    return text == null ? "" : text;
  }

  private static String variable(Map<String, String> environment, String name) {
    return environment.getOrDefault(
        name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
  }

  private static Optional<URI> first(String... texts) {
    return Stream.of(texts)
        .filter(text -> !text.isBlank())
        .findFirst()
        .map(text -> URI.create(text.contains("://") ? text : "http://" + text));
  }

  /** The proxy on the way to a host. */
  Optional<URI> to(String host, boolean secure) {
    boolean direct =
        without.stream()
            .map(each -> each.startsWith(".") ? each.substring(1) : each)
            .anyMatch(each -> each.equals("*") || host.equals(each) || host.endsWith("." + each));
    return direct ? Optional.empty() : secure ? https : http;
  }
}
