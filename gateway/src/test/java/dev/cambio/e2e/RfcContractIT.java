package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §1, §7.1: the examples of RFC 8693, the rules of RFC 9068")
class RfcContractIT {
  private static final String ISSUER = TestNode.shared().contract();

  /** Shared with the Action that stands for the authorization server's policy in the examples. */
  private static final String SECRET = "the-secret-of-the-original-issuer-0123456789";

  private static int status(String path, String token) {
    return TokenRequest.send(
            HttpRequest.newBuilder(URI.create(ISSUER + path))
                .header("Authorization", "Bearer " + token)
                .build())
        .status();
  }

  @Nested
  @DisplayName("§1.1, §4.3 RFC 8693, appendix A")
  class TokenExchange {
    private static ObjectNode claims(String subject) {
      long now = System.currentTimeMillis() / 1000;
      return JsonNodeFactory.instance
          .objectNode()
          .put("aud", "https://as.example.com")
          .put("iss", "https://original-issuer.example.net")
          .put("exp", now + 60)
          .put("nbf", now - 60)
          .put("sub", subject);
    }

    /** The Action verifies what the other issuer signed, and finds the user whom it means. */
    private static String action(String more) {
      return """
      const {jwtVerify} = require('jose');
      const key = new TextEncoder().encode('%s');
      const options = {issuer: 'https://original-issuer.example.net',
        audience: 'https://as.example.com'};
      const verify = async (token) => (await jwtVerify(token, key, options)).payload;
      const subject = await verify(event.request.body.the_subject);
      api.authentication.setUserByConnection('idp',
        {user_id: subject.sub, email: subject.sub},
        {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'});
      %s
      """
          .formatted(SECRET, more);
    }

    @Test
    @DisplayName("§1.1 A.1 impersonation: resource names the API, and no actor appears")
    void impersonation() {
      String subjectToken =
          PartnerTokens.signed(
              claims("bdc@example.net").put("scope", "orders profile history"), SECRET);
      Answer answer =
          TokenRequest.running(action(""))
              .basic("app", "app-secret-0123456789")
              .without("audience")
              .with("resource", "https://backend.example.com")
              .with("the_subject", subjectToken)
              .with("scope", "api")
              .post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      assertThat(answer.text("issued_token_type")).isEqualTo(OnBehalfOfContractIT.ACCESS_TOKEN);
      assertThat(answer.text("token_type")).isEqualTo("Bearer");
      ObjectNode claims = answer.accessToken();
      assertThat(claims.path("aud").asText()).isEqualTo("https://backend.example.com");
      assertThat(claims.path("iss").asText()).isEqualTo(ISSUER);
      assertThat(claims.path("sub").asText()).isEqualTo("oidc|idp|bdc@example.net");
      assertThat(claims.path("scope").asText()).isEqualTo("api");
      assertThat(claims.has("act") || claims.has("may_act")).isFalse();
    }

    /** The example's actor is the one that the subject token permits. */
    private static TokenRequest delegation(String actor) {
      ObjectNode subject = claims("user@example.net").put("scope", "status feed");
      subject.putObject("may_act").put("sub", "admin@example.net");
      return TokenRequest.running(
              action(
                  """
                  const actor = await verify(event.transaction.actor_token);
                  if (subject.may_act.sub !== actor.sub) {
                    return api.access.rejectInvalidSubjectToken('the actor may not act');
                  }
                  api.authentication.setActor({sub: actor.sub});
                  """))
          .client("proxy")
          .header("auth0-forwarded-for", "192.0.2.86")
          .with("audience", "urn:example:cooperation-context")
          .with("the_subject", PartnerTokens.signed(subject, SECRET))
          .with("actor_token", PartnerTokens.signed(claims(actor), SECRET))
          .with("actor_token_type", "urn:example:token-type:jwt")
          .with("scope", "status feed");
    }

    @Test
    @DisplayName("§4.3 A.2 delegation: the actor that may_act names acts in the token")
    void delegates() {
      Answer answer = delegation("admin@example.net").post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      ObjectNode claims = answer.accessToken();
      assertThat(claims.path("aud").asText()).isEqualTo("urn:example:cooperation-context");
      assertThat(claims.path("sub").asText()).isEqualTo("oidc|idp|user@example.net");
      assertThat(claims.path("scope").asText()).isEqualTo("status feed");
      assertThat(claims.path("act").toString()).isEqualTo("{\"sub\":\"admin@example.net\"}");
      assertThat(delegation("mallory@example.net").post().error())
          .isEqualTo("400 invalid_request: the actor may not act");
    }
  }

  @Nested
  @DisplayName("§7.1 RFC 9068")
  class AccessTokenProfile {
    private static final String API = "https://rfc9068.contract.example";

    @Test
    @DisplayName("§7.1 its §2.1, §2.2: at+jwt, signed, with every claim that is required")
    void required() {
      Answer answer = TokenRequest.valid().with("audience", API).with("scope", "read").post();
      ObjectNode header = Answer.part(answer.text("access_token"), 0);
      ObjectNode claims = answer.accessToken();

      assertThat(header.path("typ").asText()).isEqualTo("at+jwt");
      assertThat(header.path("alg").asText()).isEqualTo("RS256");
      for (String claim : new String[] {"iss", "aud", "sub", "client_id", "jti"}) {
        assertThat(claims.path(claim).isTextual()).as(claim).isTrue();
      }
      assertThat(claims.path("exp").isIntegralNumber() && claims.path("iat").isIntegralNumber())
          .isTrue();
      assertThat(claims.path("exp").asLong()).isGreaterThan(claims.path("iat").asLong());
      assertThat(claims.path("scope").asText()).isEqualTo("read");
    }

    @Test
    @DisplayName(
        "§7.1 its §2.2: jti differs from token to token, sub is the client where no user is")
    void identifiers() {
      String first =
          TokenRequest.valid().with("audience", API).post().accessToken().at("/jti").asText();
      String second =
          TokenRequest.valid().with("audience", API).post().accessToken().at("/jti").asText();
      ObjectNode own = TokenRequest.ofClient("service").with("audience", API).post().accessToken();

      assertThat(first).isNotEqualTo(second);
      assertThat(UUID.fromString(first)).isNotNull();
      assertThat(own.path("sub").asText()).startsWith(own.path("client_id").asText());
    }

    @Test
    @DisplayName("§7.1 its §3: the audience is the API that the request names, by resource too")
    void audience() {
      assertThat(
              TokenRequest.valid()
                  .without("audience")
                  .with("resource", API)
                  .post()
                  .accessToken()
                  .path("aud")
                  .asText())
          .isEqualTo(API);
      assertThat(
              TokenRequest.valid()
                  .without("audience")
                  .with("resource", "https://nowhere.example")
                  .post()
                  .status())
          .isEqualTo(403);
    }

    @Test
    @DisplayName("§11.3 its §4: issuer, audience, signature, expiry; where tokens are taken here")
    void validation() {
      ObjectNode claims = TenantKey.claims(ISSUER + "userinfo").put("scope", "openid");
      assertThat(status("userinfo", TenantKey.sign(claims))).isEqualTo(200);
      long past = claims.path("iat").asLong() - 1;

      assertThat(status("userinfo", TenantKey.sign(claims.deepCopy().put("exp", past))))
          .isEqualTo(401);
      assertThat(
              status(
                  "userinfo", TenantKey.sign(claims.deepCopy().put("iss", "https://x.example/"))))
          .isEqualTo(401);
      assertThat(status("userinfo", TenantKey.sign(claims.deepCopy().put("aud", API))))
          .isEqualTo(401);
      String token = TenantKey.sign(claims);
      assertThat(status("userinfo", token.substring(0, token.lastIndexOf('.') + 1) + "AAAA"))
          .isEqualTo(401);
      String none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
      assertThat(
              status(
                  "userinfo",
                  none + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1)))
          .isEqualTo(401);
    }

    @Test
    @DisplayName("§7.3 its §5: an ID token passes for an access token nowhere, nor the reverse")
    void notConfused() {
      Answer answer = TokenRequest.valid().with("audience", API).with("scope", "openid").post();
      String idToken = answer.text("id_token");

      assertThat(status("userinfo", idToken)).isEqualTo(401);
      assertThat(status("api/v2/clients", idToken)).isEqualTo(401);
      assertThat(OnBehalfOfContractIT.onBehalfOf(idToken).post().status()).isEqualTo(401);
      assertThat(
              TokenRequest.valid()
                  .with("actor_token", answer.text("access_token"))
                  .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: Invalid actor_token");
    }
  }
}
