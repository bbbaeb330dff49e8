package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("api of post-login (contract actions-runtime §7.1)")
class PostLoginApiTest {
  private final TestRealm realm = new TestRealm();

  @AfterEach
  void close() {
    realm.close();
  }

  @Test
  void chainsAndWritesDownWhatItIsTold() {
    realm.postLogin(
        """
        api.accessToken.setCustomClaim('https://a/b', new Date(0)).idToken.setCustomClaim('c', undefined)
          .user.setAppMetadata('k', 1).user.setUserMetadata('k', 2)
          .multifactor.enable('any', { allowRememberBrowser: false }).validation.error('e', 'm').access.deny('no')
        api.accessToken.addScope('read:x'); api.accessToken.removeScope('write:x')
        api.authentication.setPrimaryUser('auth0|2')
        api.refreshToken.setExpiresAt(1000.9); api.refreshToken.setIdleExpiresAt(5)
        api.refreshToken.setMetadata('k', 'v'); api.refreshToken.deleteMetadata('k'); api.refreshToken.evictMetadata()
        api.transaction.setMetadata('m', false)
        """);
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands)
        .containsExactly(
            "{\"type\":\"accessToken.setCustomClaim\",\"name\":\"https://a/b\",\"value\":\"1970-01-01T00:00:00.000Z\"}",
            "{\"type\":\"idToken.setCustomClaim\",\"name\":\"c\",\"value\":null}",
            "{\"type\":\"user.setAppMetadata\",\"key\":\"k\",\"value\":1}",
            "{\"type\":\"user.setUserMetadata\",\"key\":\"k\",\"value\":2}",
            "{\"type\":\"multifactor.enable\",\"provider\":\"any\",\"options\":{\"allowRememberBrowser\":false}}",
            "{\"type\":\"validation.error\",\"code\":\"e\",\"message\":\"m\"}",
            "{\"type\":\"access.deny\",\"reason\":\"no\"}",
            "{\"type\":\"accessToken.addScope\",\"scope\":\"read:x\"}",
            "{\"type\":\"accessToken.removeScope\",\"scope\":\"write:x\"}",
            "{\"type\":\"authentication.setPrimaryUser\",\"user_id\":\"auth0|2\"}",
            "{\"type\":\"refreshToken.setExpiresAt\",\"at\":1000}",
            "{\"type\":\"refreshToken.setIdleExpiresAt\",\"at\":5}",
            "{\"type\":\"refreshToken.setMetadata\",\"key\":\"k\",\"value\":\"v\"}",
            "{\"type\":\"refreshToken.deleteMetadata\",\"key\":\"k\"}",
            "{\"type\":\"refreshToken.evictMetadata\"}",
            "{\"type\":\"transaction.setMetadata\",\"key\":\"m\",\"value\":false}");
  }

  @Test
  void failsLaterForWhatCannotWorkHere() {
    realm.postLogin(
        """
        const { authentication: a, redirect, prompt } = api
        a.challengeWith({ type: 'otp' }); a.challengeWithAny([]); a.enrollWith({}); a.enrollWithAny([])
        if (redirect.sendUserTo('https://x.example') !== api) throw new Error('not chainable')
        prompt.render('id')
        """);
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.commands)
        .containsExactly(
            "{\"type\":\"unsupported\",\"method\":\"api.authentication.challengeWith\"}",
            "{\"type\":\"unsupported\",\"method\":\"api.authentication.challengeWithAny\"}",
            "{\"type\":\"unsupported\",\"method\":\"api.authentication.enrollWith\"}",
            "{\"type\":\"unsupported\",\"method\":\"api.authentication.enrollWithAny\"}",
            "{\"type\":\"unsupported\",\"method\":\"api.redirect.sendUserTo\"}",
            "{\"type\":\"unsupported\",\"method\":\"api.prompt.render\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          accessToken.addScope('') | api.accessToken.addScope: scope must be a non-empty string without whitespace, quotes or backslashes
          accessToken.addScope('a b') | api.accessToken.addScope: scope must be a non-empty string without whitespace, quotes or backslashes
          accessToken.removeScope('a"') | api.accessToken.removeScope: scope must be a non-empty string without whitespace, quotes or backslashes
          accessToken.setCustomClaim('', 1) | api.accessToken.setCustomClaim: claim name must be a non-empty string
          authentication.recordMethod('https://x') | api.authentication.recordMethod is only available in onContinuePostLogin
          authentication.setPrimaryUser('x'.repeat(129)) | api.authentication.setPrimaryUser: user_id must not be longer than 128 characters
          multifactor.enable('sms') | api.multifactor.enable: provider must be one of none, guardian, google-authenticator, duo, any
          redirect.validateToken({secret:'x'}) | api.redirect.validateToken is only available in onContinuePostLogin
          refreshToken.revoke('x') | api.refreshToken.revoke is only available in a refresh token exchange
          refreshToken.setExpiresAt('1') | api.refreshToken.setExpiresAt: the time must be a number of milliseconds since the epoch
          refreshToken.setMetadata('a b', 'c') | Failed to set refresh token metadata: Invalid metadata: Metadata keys may only include letters, numbers, underscores, or hyphens
          refreshToken.setMetadata('a', 1) | Failed to set refresh token metadata: Invalid metadata: Metadata values must be strings
          """)
  void refusesBadArguments(String call, String message) {
    realm.postLogin(
        "try { api." + call + "; console.log('accepted') } catch (e) { console.log(e.message) }");
    assertThat(realm.lines).containsExactly("log " + message);
    assertThat(realm.commands).isEmpty();
  }

  @Test
  void setsThePrimaryUserOnce() {
    realm.postLogin(
        "api.authentication.setPrimaryUser('a|1'); api.authentication.setPrimaryUser('a|2')");
    assertThat(realm.settled).contains("may be called only once in a transaction");
  }

  @Test
  void answersQuestionsFromTheEvent() {
    realm
        .define(
            """
            exports.onExecutePostLogin = async (event, api) => {
              console.log(JSON.stringify([api.redirect.canRedirect(), api.rules.wasExecuted('r'), '$roles' in event,
                await api.groups.getUserGroups(), await api.groups.hasGroupMembership(['g']),
                await api.roles.getUserEffectiveRoles({ take: 1 }), await api.roles.getUserEffectiveRolesByNames(['b']),
                await api.roles.getUserEffectiveRolesByIds(['rol_1'])]))
            }
            """)
        .invoke(
            "post-login",
            "{\"$roles\":[{\"id\":\"rol_1\",\"name\":\"a\",\"type\":\"tenant\"},{\"id\":\"rol_2\",\"name\":\"b\",\"type\":\"tenant\"}]}",
            "{}");
    assertThat(realm.lines)
        .containsExactly(
            "log [false,false,false,{\"groups\":[]},{\"memberships\":{\"g\":{\"is_member\":false}}},"
                + "{\"roles\":[{\"id\":\"rol_1\",\"name\":\"a\",\"type\":\"tenant\"}],\"next\":\"1\"},"
                + "{\"roles\":[{\"id\":\"rol_2\",\"name\":\"b\",\"type\":\"tenant\"}]},"
                + "{\"roles\":[{\"id\":\"rol_1\",\"name\":\"a\",\"type\":\"tenant\"}]}]");
  }

  @Test
  void signsRedirectTokens() {
    realm.postLogin(
        """
        const { jwtVerify } = require('jose')
        const token = api.redirect.encodeToken({ secret: 'shhh', payload: { a: 1, sub: 'forged' } })
        const { payload } = await jwtVerify(token, new TextEncoder().encode('shhh'), { currentDate: new Date(1700000001000) })
        console.log(JSON.stringify(payload))
        """);
    assertThat(realm.settled).isEqualTo("ok");
    assertThat(realm.lines)
        .containsExactly(
            "log {\"a\":1,\"sub\":\"auth0|jane\",\"iat\":1700000000,\"exp\":1700000900,\"iss\":\"tenant.example\",\"ip\":\"192.0.2.1\"}");
  }

  @Test
  void hasNoSessionAndNoSamlResponse() {
    realm.postLogin(
        """
        api.samlResponse.setAttribute('a', 1); api.samlResponse.setIssuer('x')
        api.session.setMetadata('a', 'b'); api.session.revoke('gone')
        """);
    assertThat(realm.lines)
        .containsExactly(
            "warn api.session.setMetadata has no effect: the transaction has no session");
    assertThat(realm.commands).containsExactly("{\"type\":\"access.deny\",\"reason\":\"gone\"}");
  }
}
