package dev.cambio.gateway.mfa;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.refresh.RefreshTokenChanges;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a login that waits keeps, contract token-endpoint §8")
class PendingTransactionTest {
  @Test
  void comesBackAsItWasKept() throws Exception {
    PendingTransaction kept =
        new PendingTransaction(
            "https://login.acme.example/",
            "idp",
            "192.0.2.1",
            "https://api.acme.example",
            ScopeSet.parse("openid read"),
            ScopeSet.parse("read extra"),
            Optional.of(Set.of("read")),
            Optional.of("urn:ietf:params:oauth:token-type:access_token"),
            Optional.of("refresh_token"),
            Optional.of(new Confirmation(Confirmation.Method.DPOP, "thumbprint")),
            Map.of("a", IntNode.valueOf(1)),
            Map.of("b", TextNode.valueOf("x")),
            "urn:acme:token",
            Optional.of(
                new RefreshTokenChanges(
                    List.of(
                        new ActionCommand.SetRefreshTokenExpiresAt(7),
                        new ActionCommand.EvictRefreshTokenMetadata()))));

    assertThat(read(kept)).isEqualTo(kept);
  }

  @Test
  void absentIsNotEmpty() throws Exception {
    PendingTransaction kept =
        new PendingTransaction(
            "https://login.acme.example/",
            "idp",
            "192.0.2.1",
            "https://api.acme.example",
            ScopeSet.EMPTY,
            ScopeSet.EMPTY,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of(),
            "urn:acme:token",
            Optional.empty());

    assertThat(read(kept)).isEqualTo(kept);
  }

  private static PendingTransaction read(PendingTransaction kept) throws Exception {
    return PendingTransaction.from((ObjectNode) Json.parse(Json.writeBytes(kept.toJson())));
  }
}
