package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.BodyTooLarge;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.TokenAnswer;
import dev.cambio.model.bus.TokenBus;
import dev.cambio.model.bus.TokenCall;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Answers internal services on the event bus, by the same endpoint as HTTP. */
public final class TokenCalls implements AutoCloseable {
  /** As HTTP has it. */
  private static final int MAX_HEADERS = 8192;

  private final TokenEndpoint endpoint;
  private final Executor executor;
  private Optional<MessageConsumer<TokenCall>> consumer = Optional.empty();

  /**
   * An entry.
   *
   * @param executor starts a virtual thread per request
   */
  public TokenCalls(TokenEndpoint endpoint, Executor executor) {
    this.endpoint = endpoint;
    this.executor = executor;
  }

  /** Begins to answer; completes when every node knows. */
  public Future<Void> listen(EventBus bus) {
    MessageConsumer<TokenCall> listening = bus.consumer(TokenBus.TOKEN);
    consumer = Optional.of(listening);
    listening.handler(message -> executor.execute(() -> answer(message)));
    return listening.completion();
  }

  /** Takes no new calls: other nodes get them once this has returned. */
  @Override
  public void close() {
    consumer.ifPresent(listening -> listening.unregister().otherwiseEmpty().await());
  }

  private void answer(Message<TokenCall> message) {
    message.reply(answer(message.body()));
  }

  private TokenAnswer answer(TokenCall call) {
    try {
      TokenResponse response = endpoint.handle(inbound(call));
      return answer(200, response.headers(), response.toJson());
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      OAuthException refusal = Faults.refusal(e);
      Faults.report(refusal);
      return answer(refusal.status(), refusal.headers(), refusal.body());
    }
  }

  private static TokenAnswer answer(int status, Map<String, String> headers, JsonNode body) {
    return new TokenAnswer(status, headers, Json.write(body));
  }

  private static InboundRequest inbound(TokenCall call) {
    URI issuer;
    try {
      issuer = URI.create(call.issuer());
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid("The issuer is no URL");
    }
    String scheme = issuer.getScheme();
    if (!("https".equals(scheme) || "http".equals(scheme))
        || issuer.getAuthority() == null
        || !"/".equals(issuer.getPath())) {
      throw new RequestInvalid("The issuer is no URL with a trailing slash");
    }
    if (!NetUtil.isValidIpV4Address(call.ip()) && !NetUtil.isValidIpV6Address(call.ip())) {
      throw new RequestInvalid("The ip is no address");
    }
    int headerSize =
        call.headers().entrySet().stream()
            .mapToInt(header -> header.getKey().length() + header.getValue().length())
            .sum();
    if (headerSize > MAX_HEADERS) {
      throw new RequestInvalid("The headers are longer than " + MAX_HEADERS + " characters");
    }
    Map<String, String> headers = new HashMap<>();
    call.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    headers.put("content-type", "application/json");
    byte[] body = Json.writeBytes(call.parameters());
    if (body.length > InboundRequest.MAX_BODY) {
      throw new BodyTooLarge(InboundRequest.MAX_BODY);
    }
    return new InboundRequest(
        scheme, issuer.getAuthority().toLowerCase(Locale.ROOT), call.ip(), headers, body);
  }
}
