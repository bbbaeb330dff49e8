package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("event and api of custom-token-exchange (contract actions-runtime §5, §6)")
class CustomTokenExchangeApiTest {
  private final TestRealm realm = new TestRealm();

  @AfterEach
  void close() {
    realm.close();
  }

  @Test
  void writesEveryCallDownInOrder() {
    realm.exchange(
        """
        const results = [
          api.access.deny('invalid_request', 'no'),
          api.access.rejectInvalidSubjectToken('forged'),
          api.authentication.setUserById('auth0|1'),
          api.authentication.setUserByConnection('acme', { user_id: '7', email: 'a@b.c', name: undefined },
            { creationBehavior: 'create_if_not_exists' }),
          api.authentication.setOrganization('org_1'),
          api.authentication.setActor({ sub: 'a', role: 'x', act: { sub: 'b' } }),
          api.user.setAppMetadata('k', { a: [1, new Date(0)] }),
          api.user.setUserMetadata('k', null),
          api.transaction.setMetadata('t', 1),
        ]
        if (results.some((result) => result !== undefined)) throw new Error('a method returned something')
        """);
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands)
        .containsExactly(
            "{\"type\":\"access.deny\",\"code\":\"invalid_request\",\"reason\":\"no\"}",
            "{\"type\":\"access.rejectInvalidSubjectToken\",\"reason\":\"forged\"}",
            "{\"type\":\"authentication.setUserById\",\"user_id\":\"auth0|1\"}",
            "{\"type\":\"authentication.setUserByConnection\",\"connection\":\"acme\",\"attributes\":{\"user_id\":\"7\",\"email\":\"a@b.c\"},"
                + "\"creation_behavior\":\"create_if_not_exists\",\"update_behavior\":\"none\"}",
            "{\"type\":\"authentication.setOrganization\",\"organization\":\"org_1\"}",
            "{\"type\":\"authentication.setActor\",\"actor\":{\"sub\":\"a\",\"role\":\"x\",\"act\":{\"sub\":\"b\"}}}",
            "{\"type\":\"user.setAppMetadata\",\"key\":\"k\",\"value\":{\"a\":[1,\"1970-01-01T00:00:00.000Z\"]}}",
            "{\"type\":\"user.setUserMetadata\",\"key\":\"k\",\"value\":null}",
            "{\"type\":\"transaction.setMetadata\",\"key\":\"t\",\"value\":1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          authentication.setUserById('') | authentication.setUserById: user_id must be a non-empty string
          authentication.setUserById(7) | authentication.setUserById: user_id must be a non-empty string
          authentication.setOrganization() | authentication.setOrganization: id_or_name must be a non-empty string
          authentication.setUserByConnection('', {user_id:'1'}) | authentication.setUserByConnection: connection_name must be a non-empty string
          authentication.setUserByConnection('c', {user_id:1}) | authentication.setUserByConnection: user_attributes.user_id must be a non-empty string
          authentication.setUserByConnection('c', {}) | authentication.setUserByConnection: user_attributes.user_id must be a non-empty string
          authentication.setUserByConnection('c', {user_id:'1', shoe:'9'}) | authentication.setUserByConnection: unknown user attribute 'shoe'
          authentication.setUserByConnection('c', {user_id:'1'}, {updateBehavior:'merge'}) | authentication.setUserByConnection: options.updateBehavior must be 'none' or 'replace'
          authentication.setActor('x') | authentication.setActor: actor must be an object
          authentication.setActor({sub:''}) | authentication.setActor: actor.sub must be a non-empty string
          authentication.setActor({sub:'a',x:null}) | authentication.setActor: actor.x must be a string, a number or a boolean
          authentication.setActor({sub:'a',x:{}}) | authentication.setActor: actor.x must be a string, a number or a boolean
          authentication.setActor({sub:'a',constructor:1}) | authentication.setActor: property 'constructor' is not allowed
          authentication.setActor({sub:'a',act:{}}) | authentication.setActor: actor.act.sub must be a non-empty string
          authentication.setActor({sub:'a',b:1,c:1,d:1,e:1,f:1,g:1}) | authentication.setActor: actor has more than 5 properties besides sub and act
          authentication.setActor({sub:'1',act:{sub:'2',act:{sub:'3',act:{sub:'4',act:{sub:'5',act:{sub:'6'}}}}}}) | authentication.setActor: an actor chain has at most 5 levels
          transaction.setMetadata('k', {}) | transaction.setMetadata: value must be a string, a number, a boolean or null
          transaction.setMetadata('k', NaN) | transaction.setMetadata: value must be a safe number
          transaction.setMetadata('k', 2**53) | transaction.setMetadata: value must be a safe number
          user.setAppMetadata('', 1) | user.setAppMetadata: key must be a non-empty string
          user.setUserMetadata('k', 1n) | user.setUserMetadata: value must be serializable as JSON
          """)
  void refusesBadArgumentsWithATypeError(String call, String message) {
    realm.exchange(
        "try { api."
            + call
            + "; console.log('accepted') } catch (e) { console.log(e.name, e.message) }");
    assertThat(realm.lines).containsExactly("log TypeError api." + message);
    assertThat(realm.commands).isEmpty();
  }

  @Test
  void neverThrowsFromADeny() {
    realm.exchange(
        """
        api.access.deny()
        api.access.deny(Symbol('s'), { toString() { throw 1 } })
        api.access.rejectInvalidSubjectToken(42)
        """);
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands)
        .containsExactly(
            "{\"type\":\"access.deny\",\"code\":\"invalid_request\",\"reason\":\"\"}",
            "{\"type\":\"access.deny\",\"code\":\"Symbol(s)\",\"reason\":\"\"}",
            "{\"type\":\"access.rejectInvalidSubjectToken\",\"reason\":\"42\"}");
  }

  @Test
  void showsTransactionMetadataAtOnce() {
    realm.exchange(
        """
        api.transaction.setMetadata('a', 'x'); api.transaction.setMetadata('__proto__', true)
        console.log(JSON.stringify(event.transaction.metadata))
        api.transaction.setMetadata('a', null)
        console.log(event.transaction.metadata.a)
        """);
    assertThat(realm.lines)
        .containsExactly("log {\"a\":\"x\",\"__proto__\":true}", "log undefined");
  }

  @Test
  void limitsTransactionMetadata() {
    realm.exchange(
        """
        const attempt = (key, value) => {
          try { api.transaction.setMetadata(key, value) } catch (e) { console.log(e.message) }
        }
        attempt('k'.repeat(65), 1); attempt('k', 'é'.repeat(4097))
        attempt('a', 'x'.repeat(8000)); attempt('b', 'x'.repeat(8000)); attempt('c', 'x'.repeat(500)); attempt('a', null)
        attempt('c', 'x'.repeat(500))
        """);
    assertThat(realm.lines)
        .containsExactly(
            "log api.transaction.setMetadata: key must not be longer than 64 characters",
            "log api.transaction.setMetadata: value must not be larger than 8 KB",
            "log api.transaction.setMetadata: transaction metadata must not be larger than 16 KB");
    assertThat(realm.commands).hasSize(4);
  }

  @Test
  void ignoresUndefinedMetadataWithAWarning() {
    realm.exchange("api.user.setAppMetadata('role', undefined)");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands).isEmpty();
    assertThat(realm.lines)
        .containsExactly(
            "warn api.user.setAppMetadata: the value of 'role' is undefined and is ignored");
  }

  @Test
  void answersCacheLimitsInsteadOfThrowing() {
    realm.exchange(
        """
        console.log(JSON.stringify([api.cache.get('k'), api.cache.set('k', 'v', { ttl: 1000 }), api.cache.get('k'),
          api.cache.set('k', 7), api.cache.set('k', 'v', { ttl: Infinity }), api.cache.set('k', 'v', { expires_at: -1 }),
          api.cache.delete('k'), api.cache.delete('k')]))
        """);
    assertThat(realm.lines)
        .containsExactly(
            "log [null,{\"type\":\"success\",\"options\":{\"ttl\":1000}},{\"value\":\"v\",\"expires_at\":1},"
                + "{\"type\":\"error\",\"code\":\"FailedToSetCacheRecord\"},{\"type\":\"error\",\"code\":\"InvalidExpiry\"},"
                + "{\"type\":\"error\",\"code\":\"InvalidExpiry\"},{\"type\":\"success\"},"
                + "{\"type\":\"error\",\"code\":\"CacheKeyDoesNotExist\"}]");
  }

  @Test
  void copiesArgumentsAtTheTimeOfTheCall() {
    realm.exchange(
        """
        const value = { a: 1 }
        api.user.setAppMetadata('k', value); value.a = 2
        JSON.stringify = () => '{}'; Array.prototype.push = null
        api.user.setAppMetadata('l', value)
        """);
    assertThat(realm.commands)
        .containsExactly(
            "{\"type\":\"user.setAppMetadata\",\"key\":\"k\",\"value\":{\"a\":1}}",
            "{\"type\":\"user.setAppMetadata\",\"key\":\"l\",\"value\":{\"a\":2}}");
  }

  @Test
  void throwsWhenThereAreTooManyCommands() {
    realm.commandLimit = 2;
    realm.exchange("for (;;) api.authentication.setUserById('auth0|1')");
    assertThat(realm.commands).hasSize(2);
    assertThat(realm.settled).contains("\"message\":\"Too many commands\"");
  }

  @Test
  void ignoresCallsAfterTheActionHasFinished() {
    realm.exchange(
        "Promise.resolve().then(() => 0).then(() => 0).then(() => 0).then(() =>"
            + " api.access.deny('late'))");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands).isEmpty();
    assertThat(realm.lines)
        .containsExactly(
            "warn api.access.deny was called after the action had finished and is ignored");
  }

  @Test
  void completesTheEvent() {
    realm
        .define(
            "exports.onExecuteCustomTokenExchange = (event) => console.log(JSON.stringify(event))")
        .invoke("custom-token-exchange", "{\"tenant\":{\"id\":\"t\"}}", "{\"K\":\"s\"}");
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.lines)
        .isEqualTo(
            List.of(
                "log {\"tenant\":{\"id\":\"t\"},\"secrets\":{\"K\":\"s\"},\"transaction\":{\"metadata\":{}}}"));
  }
}
