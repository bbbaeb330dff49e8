package dev.cambio.runtime.guest.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An Action that has replaced all it can reach sees nothing of what the prelude does afterwards,
 * and changes nothing of what it records.
 */
@DisplayName("poisoned intrinsics (contract actions-runtime §2.7, §6, §7.1)")
class HostileActionTest {
  private static final String SECRETS =
      "{\"OWN\":\"own-secret\",\"actions:vault\\u0000KEY\":\"vault-secret\","
          + "\"actions:vault\\u0000OTHER\":\"other-secret\",\"actions:absent\\u0000KEY\":\"absent-secret\"}";

  private static final String EVENT =
      "{\"transaction\":{\"protocol\":\"oauth2-refresh-token\",\"metadata\":{\"known\":\"yes\"}},"
          + "\"user\":{\"user_id\":\"auth0|jane\"},\"request\":{\"ip\":\"192.0.2.1\",\"hostname\":\"tenant.example\"},"
          + "\"refresh_token\":{\"metadata\":{\"a\":\"1\"}},\"authorization\":{\"roles\":[\"support\",\"sales\"]}}";

  /**
   * Answers without help of the language's library whether it has its own secrets and no others.
   */
  private static final ActionProgram.Module VAULT =
      new ActionProgram.Module(
          "vault",
          """
          const { secrets } = actions
          module.exports = {
            says() {
              let names = ''
              for (const name in secrets) names += name + ' '
              return secrets.KEY === 'vault-secret' && secrets.OTHER === 'other-secret' ? 'mine: ' + names : 'wrong'
            },
          }
          """,
          Optional.empty());

  private static final String ACTION =
      """
      const mode = 'MODE'
      const { setTimeout, setInterval, setImmediate, clearTimeout, queueMicrotask } = globalThis
      // POISON
      const print = console.log
      if (mode !== 'honest') {
        poison.everything(mode === 'hostile', ['KEY', 'OTHER', 'OWN', 'secrets', 'actions', 'exports', 'loaded', 'require',
          'module', 'toJSON', 'then', 'type', 'members', 'user_id', 'email', 'sub', 'act', 'key', 'code', 'reason', 'get',
          'set', 'value', 'writable', 'enumerable', 'configurable', 'transaction', 'metadata', '$roles', 'roles', 'known',
          'new', 'size', 'callback', 'args', 'name', 'message', 'stack', 'cause', 'done', 'over', 'next'])
        poison.watch()
      }
      const vault = require('actions:vault')
      let failures = ''
      const attempt = (call) => {
        try { call() } catch (thrown) { failures += thrown.message + '; ' }
      }
      const names = (object) => {
        let all = ''
        for (const name in object) all += name + ' '
        return all
      }
      const tell = (event) => {
        const { seen, count } = poison.end()
        const lines = [vault.says(), names(event.secrets) + event.secrets.OWN, failures]
        for (let i = 0; i < lines.length; i++) print('said ' + lines[i])
        for (let i = 0; i < count; i++) print('seen ' + seen[i])
      }
      exports.onExecuteCustomTokenExchange = (event, api) => {
        api.authentication.setUserById('auth0|jane')
        api.authentication.setUserByConnection('db', { user_id: 'jane', email: 'jane@acme.example', email_verified: true,
          name: undefined }, { creationBehavior: 'create_if_not_exists', updateBehavior: 'replace' })
        api.authentication.setOrganization('org_1')
        api.authentication.setActor({ sub: 'auth0|sam', role: 'support', act: { sub: 'auth0|max', n: 1, b: true } })
        api.access.deny('invalid_request', 'no')
        api.access.deny(undefined, 7)
        api.access.rejectInvalidSubjectToken('bad')
        api.user.setAppMetadata('a', { b: ['c', { d: 1 }] })
        api.user.setUserMetadata('a', 'é\\ud83d\\ude00')
        api.user.setUserMetadata('u', undefined)
        api.transaction.setMetadata('k', 'v')
        api.transaction.setMetadata('n', 7)
        api.transaction.setMetadata('é', 'ü\\ud83d\\ude00')
        api.transaction.setMetadata('k', null)
        api.cache.set('key', 'value', { ttl: 1000 })
        api.cache.get('key')
        api.cache.delete('key')
        attempt(() => api.authentication.setActor({ sub: 'x', prototype: 1 }))
        attempt(() => api.authentication.setActor({ sub: 'x', act: {} }))
        attempt(() => api.authentication.setUserById(''))
        attempt(() => api.authentication.setUserByConnection('db', { user_id: 'jane', nobody: 1 }))
        attempt(() => api.authentication.setUserByConnection('db', {}))
        attempt(() => api.transaction.setMetadata('k', {}))
        attempt(() => api.transaction.setMetadata('k', 2 ** 60))
        attempt(() => require('actions:absent'))
        attempt(() => require('no-such-package@1.2.3'))
        attempt(() => require('node:fs'))
        setTimeout(() => {}, 5)
        clearTimeout(setInterval(() => {}, 5))
        setImmediate(() => {})
        queueMicrotask(() => {})
        tell(event)
      }
      exports.onExecutePostLogin = (event, api) => {
        api.access.deny('no')
        api.accessToken.setCustomClaim('https://a.example/c', { a: [1] }).accessToken.addScope('read:a')
        api.accessToken.removeScope('read:b')
        api.idToken.setCustomClaim('https://a.example/c', null)
        api.multifactor.enable('any', { allowRememberBrowser: false })
        api.refreshToken.revoke('why')
        api.refreshToken.setExpiresAt(1234.5)
        api.refreshToken.setIdleExpiresAt(1234)
        api.refreshToken.setMetadata('b', 'c')
        api.refreshToken.deleteMetadata('b')
        api.refreshToken.evictMetadata()
        api.session.revoke('why')
        api.session.setMetadata('a', 'b')
        api.samlResponse.setAttribute('a', 'b')
        api.authentication.setPrimaryUser('auth0|other')
        api.authentication.challengeWith({ type: 'otp' })
        api.prompt.render('x')
        api.redirect.sendUserTo('https://a.example')
        api.roles.getUserEffectiveRoles({ take: 1 })
        api.roles.getUserEffectiveRolesByIds(['support'])
        api.roles.getUserEffectiveRolesByNames(['sales'])
        api.groups.hasGroupMembership(['g'])
        api.validation.error('code', 'message')
        api.user.setAppMetadata('a', 1)
        api.transaction.setMetadata('k', 'v')
        const token = api.redirect.encodeToken({ secret: 'a-secret-of-the-action', payload: { a: 1 } })
        attempt(() => api.multifactor.enable('nobody'))
        attempt(() => api.refreshToken.setMetadata('no good', 'c'))
        attempt(() => api.accessToken.addScope('two words'))
        attempt(() => api.accessToken.addScope('sco"pe'))
        attempt(() => api.authentication.setPrimaryUser('auth0|third'))
        failures += typeof token
        tell(event)
      }
      exports.onExecuteCredentialsExchange = (event, api) => {
        api.access.deny('invalid_scope', 'no')
        api.accessToken.setCustomClaim('https://a.example/c', 1)
        api.cache.get('key')
        tell(event)
      }
      """;

  /** JSON and promises look at the values that the Action itself gives or gets, as everywhere. */
  private static final Pattern OF_THE_ACTION =
      Pattern.compile("seen Object\\.prototype<read>\\.(toJSON|then) of .*");

  private static String poison;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = HostileActionTest.class.getResourceAsStream("poison.js")) {
      poison = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static WarmRealm.Run run(String mode, String trigger) throws GuestException {
    try (WarmRealm realm =
        WarmRealm.of(ACTION.replace("MODE", mode).replace("// POISON", poison), VAULT)) {
      return realm.run(trigger, EVENT, SECRETS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "recording, custom-token-exchange",
    "hostile, custom-token-exchange",
    "recording, post-login",
    "hostile, post-login",
    "recording, credentials-exchange",
    "hostile, credentials-exchange"
  })
  void seesNothingAndChangesNothing(String mode, String trigger) throws GuestException {
    WarmRealm.Run honest = run("honest", trigger);
    assertThat(honest.failure).isNull();
    assertThat(honest.lines)
        .contains("said mine: KEY OTHER ", "said OWN own-secret")
        .noneMatch(line -> line.startsWith("seen "));
    assertThat(honest.commands).isNotEmpty();

    WarmRealm.Run poisoned = run(mode, trigger);

    assertThat(poisoned.failure).isNull();
    assertThat(poisoned.lines)
        .filteredOn(line -> !OF_THE_ACTION.matcher(line).matches())
        .isEqualTo(honest.lines);
    assertThat(poisoned.lines)
        .noneMatch(line -> line.startsWith("seen ") && line.contains("secret"));
    assertThat(poisoned.commands).isEqualTo(honest.commands);
  }
}
