package dev.cambio.gateway.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.client.ClientCredentials.Basic;
import dev.cambio.gateway.client.ClientCredentials.None;
import dev.cambio.gateway.client.ClientCredentials.Post;
import dev.cambio.gateway.error.OAuthException.ClientUnauthenticated;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Client credentials, contract token-endpoint §1.2")
class ClientCredentialsTest {

  @Test
  void readsEveryMechanism() {
    assertThat(read(basic("app:s:ecret"), Map.of())).isEqualTo(new Basic("app", "s:ecret"));
    assertThat(read(basic("app:s"), Map.of("client_id", "app"))).isEqualTo(new Basic("app", "s"));
    assertThat(read(Map.of(), Map.of("client_id", "app", "client_secret", "s")))
        .isEqualTo(new Post("app", "s"));
    assertThat(read(Map.of(), Map.of("client_id", "app"))).isEqualTo(new None("app"));
    assertThat(read(Map.of("authorization", "Bearer x"), Map.of("client_id", "app")))
        .isEqualTo(new None("app"));
  }

  @Test
  void decodesFormEncodedHalves() {
    assertThat(ClientCredentials.formDecoded(new Basic("a%3Ab", "p%25+q")))
        .contains(new Basic("a:b", "p% q"));
    assertThat(ClientCredentials.formDecoded(new Basic("a", "100%"))).isEmpty();
  }

  @Test
  void refusesTwoMechanisms() {
    assertThatThrownBy(() -> read(basic("app:s"), Map.of("client_secret", "s")))
        .isInstanceOf(RequestInvalid.class)
        .hasMessage("The client must authenticate in one way only");
    assertThatThrownBy(
            () ->
                read(
                    Map.of(),
                    Map.of("client_id", "a", "client_secret", "s", "client_assertion", "j")))
        .isInstanceOf(RequestInvalid.class);
  }

  @Test
  void refusesAnotherClientIdInTheBody() {
    assertThatThrownBy(() -> read(basic("app:s"), Map.of("client_id", "other")))
        .isInstanceOf(RequestInvalid.class)
        .hasMessage("client_id differs from the Authorization header");
  }

  @Test
  void refusesNoClientAtAll() {
    assertThatThrownBy(() -> read(Map.of(), Map.of()))
        .isInstanceOf(RequestInvalid.class)
        .hasMessage("Missing required parameter: client_id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic !", "Basic YXBw", "Basic /w==", "basic ", "Basic YTpi="})
  void asksAgainAfterBrokenBasic(String authorization) {
    assertThatThrownBy(() -> read(Map.of("authorization", authorization), Map.of()))
        .isInstanceOfSatisfying(
            ClientUnauthenticated.class,
            e -> assertThat(e.headers()).containsKey("WWW-Authenticate"));
  }

  @Test
  void printsNoSecret() {
    assertThat(new Basic("app", "hunter2")).hasToString("Basic[app]");
    assertThat(new Post("app", "hunter2")).hasToString("Post[app]");
  }

  private static Map<String, String> basic(String pair) {
    return Map.of(
        "authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
  }

  private static ClientCredentials read(
      Map<String, String> headers, Map<String, String> parameters) {
    return ClientCredentials.read(
        new InboundRequest("http", "localhost", "127.0.0.1", headers, new byte[0]),
        new Parameters(parameters));
  }
}
