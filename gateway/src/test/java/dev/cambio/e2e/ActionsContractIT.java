package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("actions-runtime §2–§6, §9, §11: what an Action sees and can do")
class ActionsContractIT {

  @Nested
  @DisplayName("§5 event of custom-token-exchange")
  class Event {
    @Test
    @DisplayName("§5 every member, and no other")
    void members() throws IOException {
      TokenRequest request =
          TokenRequest.running("api.access.deny('x', JSON.stringify(event))")
              .with("scope", "read write")
              .with("extension", "kept")
              .header("Accept-Language", "de-CH, en;q=0.8");
      JsonNode event = Json.parse(request.post().text("error_description"));

      assertThat(event.path("client").toString())
          .isEqualTo(
              "{\"client_id\":\"app\",\"name\":\"app\",\"metadata\":{\"team\":\"identity\"}}");
      assertThat(event.path("tenant").toString()).isEqualTo("{\"id\":\"contract\"}");
      assertThat(event.path("resource_server").toString())
          .isEqualTo("{\"identifier\":\"https://api.contract.example\"}");
      assertThat(event.path("secrets").toString())
          .isEqualTo("{\"API_KEY\":\"a-secret-of-the-action\"}");
      JsonNode http = event.path("request");
      assertThat(http.path("body").path("extension").asText()).isEqualTo("kept");
      assertThat(http.path("body").has("client_secret")).isFalse();
      assertThat(http.path("geoip").toString()).isEqualTo("{}");
      assertThat(http.path("hostname").asText()).startsWith("127.0.0.1:");
      assertThat(http.path("ip").asText()).isEqualTo("127.0.0.1");
      assertThat(http.path("language").asText()).isEqualTo("de-CH");
      assertThat(http.path("method").asText()).isEqualTo("POST");
      assertThat(http.path("user_agent").asText()).isEqualTo(request.userAgent());
      JsonNode transaction = event.path("transaction");
      assertThat(transaction.path("subject_token_type").asText())
          .isEqualTo("urn:contract:scripted");
      assertThat(transaction.path("requested_scopes").toString()).isEqualTo("[\"read\",\"write\"]");
      assertThat(transaction.path("metadata").toString()).isEqualTo("{}");
      assertThat(transaction.has("actor_token")).isFalse();
      assertThat(event.has("user") || event.has("connection") || event.has("organization"))
          .isFalse();
    }

    @Test
    @DisplayName("§2.1 writes to event reach no other Action")
    void writes() {
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "event.user.name = 'changed'; event.added = 1")
              .with("post_login_2", "api.access.deny(event.user.name + ' ' + event.added)")
              .post();

      assertThat(answer.text("error_description")).isEqualTo("Jane undefined");
    }
  }

  @Nested
  @DisplayName("§6 api of custom-token-exchange")
  class Api {
    @ParameterizedTest
    @DisplayName("§6.1 bad arguments throw a TypeError at the call")
    @ValueSource(
        strings = {
          "api.authentication.setUserById('')",
          "api.authentication.setUserById(5)",
          "api.authentication.setUserByConnection('', {user_id: 'a'}, {})",
          "api.authentication.setUserByConnection('c', {}, {})",
          "api.authentication.setUserByConnection('c', {user_id: 7}, {})",
          "api.authentication.setUserByConnection('c', {user_id: 'a', role: 'x'}, {})",
          "api.authentication.setUserByConnection('c', {user_id: 'a'}, {creationBehavior: 'x'})",
          "api.authentication.setUserByConnection('c', {user_id: 'a'}, {updateBehavior: 'x'})",
          "api.authentication.setOrganization(5)",
          "api.user.setAppMetadata(5, 1)"
        })
    void badArguments(String call) {
      String code =
          "try { "
              + call
              + "; api.access.deny('x', 'accepted') } catch (e) {"
              + " api.access.deny('x', e.constructor.name) }";

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("TypeError");
    }

    @Test
    @DisplayName("§6.2 attributes that are undefined count as absent; no options means none")
    void undefinedAttributes() {
      assertThat(
              TokenRequest.running(
                      "api.authentication.setUserByConnection('users',"
                          + " {user_id: 'jane', email: undefined, name: undefined})")
                  .post()
                  .accessToken()
                  .path("sub")
                  .asText())
          .isEqualTo("auth0|jane");
    }

    @Test
    @DisplayName("§6 methods return undefined")
    void returnsUndefined() {
      assertThat(
              TokenRequest.running("api.access.deny('x', String(api.user.setAppMetadata('a', 1)))")
                  .post()
                  .text("error_description"))
          .isEqualTo("undefined");
    }
  }

  @Nested
  @DisplayName("§9 api.cache")
  class Cache {
    private final String key = UUID.randomUUID().toString();

    @Test
    @DisplayName(
        "§9 set, get, delete; read-your-writes; kept across runs and Actions of the trigger")
    void roundTrip() {
      assertThat(deny("api.cache.set('%1$s', 'v').type + api.cache.get('%1$s').value"))
          .isEqualTo("successv");
      assertThat(deny("api.cache.get('%1$s').value")).isEqualTo("v");
      assertThat(deny("api.cache.delete('%1$s').type + api.cache.get('%1$s')"))
          .isEqualTo("successundefined");
      assertThat(deny("api.cache.delete('%1$s').code")).isEqualTo("CacheKeyDoesNotExist");
    }

    @Test
    @DisplayName("§9 post-login does not see the exchange's cache")
    void perTrigger() {
      deny("api.cache.set('%1$s', 'v').type");

      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.access.deny(String(api.cache.get('%s')))".formatted(key))
                  .post()
                  .text("error_description"))
          .isEqualTo("undefined");
    }

    @ParameterizedTest
    @DisplayName("§9 limits answer with their code and never throw")
    @ValueSource(
        strings = {
          "api.cache.set('k'.repeat(65), 'v').code => CacheKeySizeExceeded",
          "api.cache.set('%1$s', 'v'.repeat(4097)).code => CacheValueSizeExceeded",
          "api.cache.set('%1$s', 5).code => FailedToSetCacheRecord",
          "api.cache.set('half \\ud800', 'v').code => FailedToSetCacheRecord",
          "api.cache.set('%1$s', 'half \\ud800').code => FailedToSetCacheRecord",
          "api.cache.delete('half \\udc00').code => FailedToDeleteCacheRecord",
          "api.cache.get('half \\ud800') => undefined",
          "api.cache.set('%1$s', 'v', {ttl: -1}).code => InvalidExpiry",
          "api.cache.set('%1$s', 'v', {ttl: NaN}).code => InvalidExpiry",
          "api.cache.set('%1$s', 'v', {expires_at: 1}).code => ItemAlreadyExpired",
          "api.cache.set('%1$s', 'v', {ttl: Infinity}).code => InvalidExpiry",
          "api.cache.set('%1$s', 'v', {ttl: 1e15}).record.expires_at - Date.now() > 864e5 => false",
          "api.cache.set('%1$s', 'v').record.expires_at - Date.now() > 895e3 => true",
          "api.cache.set('%1$s', 'v').record.expires_at - Date.now() > 9e5 => false",
          "api.cache.set('%1$s', 'v', {ttl: 0}) && api.cache.get('%1$s') => undefined",
          "typeof api.cache.set('%1$s', 'v', {ttl: 60000}).record.expires_at => number"
        })
    void limits(String example) {
      String[] parts = example.split(" => ");

      assertThat(deny(parts[0])).isEqualTo(parts[1]);
    }

    @Test
    @DisplayName("§9 entries and bytes of the whole trigger are limited, also across Actions")
    void total() {
      String code =
          """
          const keys = Array.from({length: 21}, (_, i) => 'total-' + i);
          const few = keys.map((k) => api.cache.set(k, 'v').code).filter((c) => c);
          keys.forEach((k) => api.cache.delete(k));
          const big = ['a', 'b', 'c'].map((k) => api.cache.set('big-' + k, 'v'.repeat(4000)).code);
          ['a', 'b', 'c'].forEach((k) => api.cache.delete('big-' + k));
          api.access.deny('x', JSON.stringify([new Set(few).size, [...new Set(few)][0], big[2]]))
          """;

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("[1,\"CacheSizeExceeded\",\"CacheSizeExceeded\"]");
    }

    private String deny(String expression) {
      return TokenRequest.running(
              "api.access.deny('x', String(%s))".formatted(expression.formatted(key)))
          .post()
          .text("error_description");
    }
  }

  @Nested
  @DisplayName("§10, §4.1 Environment")
  class Environment {
    @Test
    @DisplayName("§10 globals and builtins of Node 22, and none of the host's")
    void globals() {
      String code =
          """
          const missing = ['fetch','Request','Response','Headers','URL','URLSearchParams','AbortController',
            'TextEncoder','TextDecoder','crypto','Buffer','setTimeout','queueMicrotask','structuredClone',
            'performance','atob','btoa','process','console'].filter((n) => globalThis[n] === undefined);
          const host = ['Java','Polyglot','Graal','load','loadWithNewGlobal','print','printErr','quit',
            'Packages','java','javax','com','org'].filter((n) => n in globalThis);
          api.access.deny('x', JSON.stringify({missing, host, v: process.version.startsWith('v22.')}));
          """;

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("{\"missing\":[],\"host\":[],\"v\":true}");
    }

    @ParameterizedTest
    @DisplayName("§10 modules that reach the host do not exist")
    @ValueSource(strings = {"fs", "child_process", "net", "vm", "worker_threads", "left-pad"})
    void absentModules(String name) {
      assertThat(
              TokenRequest.running(
                      "try { require('%s') } catch (e) { api.access.deny('x', e.message) }"
                          .formatted(name))
                  .post()
                  .text("error_description"))
          .isEqualTo("Cannot find module '" + name + "'");
    }

    @Test
    @DisplayName("§10 fetch reaches no private address")
    void egress() {
      String code =
          "try { await fetch('%s'); api.access.deny('x', 'reached') }"
                  .formatted(TestNode.shared().ops() + "health/live")
              + " catch (e) { api.access.deny('x', e.name + ': ' + e.message) }";

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("TypeError: fetch failed");
    }

    @Test
    @DisplayName("§4.1 console takes anything, formatted as Node does")
    void console() {
      String code =
          "console.log('Event %s', event.client.name, event, new Error('x'), [1, {a: new Map()}]);"
              + "api.access.deny('x', require('util').format('%s %d %j %o', 'a', 1, {b: 2}, [3]))";

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("a 1 {\"b\":2} [ 3, [length]: 1 ]");
    }

    @ParameterizedTest
    @DisplayName("§10 jose signs and verifies with WebCrypto")
    @ValueSource(strings = {"RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"})
    void jose(String algorithm) {
      String code =
          """
          const { SignJWT, jwtVerify, generateKeyPair, generateSecret } = require('jose');
          const alg = '%s';
          const secret = alg === 'HS256' && (await generateSecret(alg));
          const { publicKey, privateKey } = secret ? { publicKey: secret, privateKey: secret } : await generateKeyPair(alg);
          const token = await new SignJWT({ a: alg }).setProtectedHeader({ alg }).setExpirationTime('1m').sign(privateKey);
          const { payload } = await jwtVerify(token, publicKey);
          const forged = await jwtVerify(token.slice(0, -6) + 'AAAAAA', publicKey).catch((e) => e.code);
          api.access.deny('x', payload.a + ' ' + forged);
          """
              .formatted(algorithm);

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo(algorithm + " ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    }
  }
}
