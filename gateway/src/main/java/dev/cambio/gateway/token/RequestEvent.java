package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import java.util.Set;

/** {@code event.request} of a token request, whatever its trigger (contract actions-runtime §5). */
public final class RequestEvent {
  /** Parameters that no Action may see. */
  private static final Set<String> WITHHELD =
      Set.of("client_secret", "client_assertion", "refresh_token");

  private RequestEvent() {}

  /**
   * The object.
   *
   * @param ip that the request counts for
   */
  public static ObjectNode of(InboundRequest inbound, Parameters parameters, String ip) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    ObjectNode body = request.putObject("body");
    parameters
        .values()
        .forEach(
            (name, value) -> {
              if (!WITHHELD.contains(name)) {
                body.put(name, value);
              }
            });
    request.putObject("geoip");
    request.put("hostname", inbound.host()).put("ip", ip).put("method", "POST");
    inbound
        .header("accept-language")
        .map(RequestEvent::first)
        .ifPresent(language -> request.put("language", language));
    inbound.header("user-agent").ifPresent(agent -> request.put("user_agent", agent));
    return request;
  }

  /** The first language tag of {@code Accept-Language}. */
  private static String first(String acceptLanguage) {
    int end = 0;
    while (end < acceptLanguage.length() && ",;".indexOf(acceptLanguage.charAt(end)) < 0) {
      end++;
    }
    return acceptLanguage.substring(0, end).strip();
  }
}
