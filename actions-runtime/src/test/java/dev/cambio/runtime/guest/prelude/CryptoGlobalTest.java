package dev.cambio.runtime.guest.prelude;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
    "crypto, jose and the other preinstalled packages (contract actions-runtime §2.5, §10)")
class CryptoGlobalTest {
  private final TestRealm realm = new TestRealm();

  @AfterEach
  void close() {
    realm.close();
  }

  private void prints(String code, String... lines) {
    realm.exchange(code);
    assertThat(realm.settled).as("%s", realm.unhandled).isEqualTo("ok");
    assertThat(realm.lines).containsExactly(lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"})
  void verifiesWithJose(String alg) {
    prints(
        """
        const jose = require('jose'), alg = '%s'
        const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true })
        const jwt = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey)
        const jwk = { ...await jose.exportJWK(publicKey), kid: 'k', alg }
        const pem = await jose.importSPKI(await jose.exportSPKI(publicKey), alg)
        const again = await jose.importPKCS8(await jose.exportPKCS8(privateKey), alg)
        const signed = await new jose.SignJWT({ a: 2 }).setProtectedHeader({ alg }).sign(again)
        for (const [token, key] of [[jwt, publicKey], [jwt, await jose.importJWK(jwk, alg)], [jwt, pem], [signed, pem],
            [jwt, jose.createLocalJWKSet({ keys: [jwk] })]])
          console.log('log', (await jose.jwtVerify(token, key)).payload.a)
        for (const forged of [jwt.slice(0, -4) + 'AAAA', jwt.slice(0, -8)])
          await jose.jwtVerify(forged, publicKey).then(() => console.log('accepted'), (e) => console.log(e.code))
        """
            .formatted(alg),
        "log log 1",
        "log log 1",
        "log log 1",
        "log log 2",
        "log log 1",
        "log ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "log ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  }

  @Test
  void verifiesHs256WithJose() {
    prints(
        """
        const { jwtVerify } = require('jose')
        // RFC 7515 appendix A.1
        const jwt = 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
        const key = Buffer.from('AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow', 'base64url')
        console.log((await jwtVerify(jwt, key, { currentDate: new Date(0) })).payload.iss)
        await jwtVerify(jwt, key).catch((e) => console.log(e.code))
        """,
        "log joe",
        "log ERR_JWT_EXPIRED");
  }

  @Test
  void fetchesAJwkSet() {
    realm.answering((head, body) -> TestRealm.Answer.of(200, "{\"keys\":[]}"));
    prints(
        """
        const { createRemoteJWKSet, jwtVerify } = require('jose')
        const keys = createRemoteJWKSet(new URL('https://peer.example/jwks.json'))
        await jwtVerify('eyJhbGciOiJSUzI1NiJ9.e30.AA', keys).catch((e) => console.log(e.code))
        """,
        "log ERR_JWKS_NO_MATCHING_KEY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          importKey('spki', new Uint8Array([1, 2]), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']) | DataError
          importKey('raw', new Uint8Array(65).fill(4), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']) | DataError
          importKey('raw', new Uint8Array(5), 'AES-GCM', true, ['encrypt']) | DataError
          importKey('raw', new Uint8Array(0), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']) | DataError
          importKey('raw', new Uint8Array(9), { name: 'HMAC', hash: 'SHA-256' }, true, []) | SyntaxError
          importKey('raw', new Uint8Array(9), { name: 'HMAC', hash: 'SHA-256' }, true, ['encrypt']) | SyntaxError
          importKey('raw', new Uint8Array(9), { name: 'HMAC', hash: 'MD4' }, true, ['sign']) | NotSupportedError
          importKey('jwk', { kty: 'RSA', n: 'AQAB' }, { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']) | DataError
          generateKey({ name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 8192, publicExponent: new Uint8Array([1, 0, 1]) }, true, ['sign']) | OperationError
          digest('MD5', new Uint8Array(1)) | NotSupportedError
          digest('SHA-256', 'text') | TypeError
          sign('HMAC', {}, new Uint8Array(1)) | TypeError
          """)
  void rejectsBadInputByName(String call, String name) {
    prints(
        "await crypto.subtle."
            + call
            + ".then(() => console.log('accepted'), (e) => console.log(e.name))",
        "log " + name);
  }

  @Test
  void keepsKeysToTheirUse() {
    prints(
        """
        const { subtle } = crypto, data = new Uint8Array(3)
        const key = await subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
        key.usages.push('verify'); key.algorithm.name = 'AES-GCM'
        const mac = await subtle.sign('HMAC', key, data)
        for (const attempt of [subtle.verify('HMAC', key, mac, data), subtle.exportKey('raw', key), subtle.encrypt({ name: 'AES-GCM', iv: data }, key, data)])
          await attempt.catch((e) => console.log(e.name))
        console.log(key instanceof CryptoKey, Object.prototype.toString.call(key), Object.keys(key).length)
        """,
        "log InvalidAccessError",
        "log InvalidAccessError",
        "log InvalidAccessError",
        "log true [object CryptoKey] 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ name: 'AES-GCM', length: 256 }",
        "{ name: 'AES-CBC', length: 128 }",
        "{ name: 'AES-CTR', length: 192 }"
      })
  void encryptsAndDecrypts(String algorithm) {
    prints(
        """
        const key = await crypto.subtle.generateKey(%s, true, ['encrypt', 'decrypt'])
        const how = { name: key.algorithm.name, iv: new Uint8Array(16), counter: new Uint8Array(16).fill(255), length: 8 }
        const data = new Uint8Array(100).fill(5)
        const sealed = await crypto.subtle.encrypt(how, key, data)
        console.log(Buffer.from(await crypto.subtle.decrypt(how, key, sealed)).equals(Buffer.from(data)))
        """
            .formatted(algorithm),
        "log true");
  }

  @Test
  void refusesASealedTextThatWasChanged() {
    prints(
        """
        const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt', 'decrypt'])
        const how = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new Uint8Array(2) }
        const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, new Uint8Array(9)))
        sealed[0] ^= 1
        await crypto.subtle.decrypt(how, key, sealed).catch((e) => console.log(e.name))
        """,
        "log OperationError");
  }

  @Test
  void agreesOnKeys() {
    prints(
        """
        const { subtle } = crypto
        for (const algorithm of [{ name: 'ECDH', namedCurve: 'P-384' }, { name: 'X25519' }]) {
          const [a, b] = [await subtle.generateKey(algorithm, true, ['deriveBits', 'deriveKey']), await subtle.generateKey(algorithm, true, ['deriveBits'])]
          const ours = await subtle.deriveBits({ ...algorithm, public: b.publicKey }, a.privateKey, 256)
          const theirs = await subtle.deriveBits({ ...algorithm, public: a.publicKey }, b.privateKey, 256)
          const key = await subtle.deriveKey({ ...algorithm, public: b.publicKey }, a.privateKey, { name: 'AES-GCM', length: 256 }, true, ['encrypt'])
          console.log(Buffer.from(ours).equals(Buffer.from(theirs)), Buffer.from(await subtle.exportKey('raw', key)).equals(Buffer.from(ours)))
        }
        """,
        "log true true",
        "log true true");
  }

  @Test
  void signsWithJsonwebtoken() {
    prints(
        """
        const jwt = require('jsonwebtoken'), { generateKeyPairSync } = require('crypto')
        const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }
        const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem }), ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...pem })
        for (const [algorithm, pair] of [['RS256', rsa], ['PS384', rsa], ['ES256', ec]]) {
          const token = jwt.sign({ a: 1 }, pair.privateKey, { algorithm })
          console.log(jwt.verify(token, pair.publicKey, { algorithms: [algorithm] }).a)
          try { jwt.verify(token.slice(0, -4) + 'AAAA', pair.publicKey) } catch (e) { console.log(e.message) }
        }
        jwt.verify(jwt.sign({ b: 2 }, 'secret'), (header, callback) => callback(null, 'secret'), (error, payload) => console.log(payload.b))
        await new Promise((done) => setTimeout(done, 1))
        """,
        "log 1",
        "log invalid signature",
        "log 1",
        "log invalid signature",
        "log 1",
        "log invalid signature",
        "log 2");
  }

  @Test
  void hasAxiosLodashAndUuid() {
    realm.answering(
        (head, body) -> TestRealm.Answer.of(head.contains("/missing") ? 404 : 200, "{\"a\":1}"));
    prints(
        """
        const axios = require('axios'), _ = require('lodash'), uuid = require('uuid')
        console.log((await axios.post('https://peer.example/', { q: 1 })).data.a, (await axios('https://peer.example/')).status)
        await axios.get('https://peer.example/missing').catch((e) => console.log(axios.isAxiosError(e), e.response.status))
        console.log(_.get({ a: [{ b: 1 }] }, 'a[0].b'), uuid.validate(uuid.v4()))
        """,
        "log 1 200",
        "log true 404",
        "log 1 true");
  }

  @Test
  void findsSigningKeysWithJwksRsa() {
    realm.answering(
        (head, body) ->
            TestRealm.Answer.of(
                200,
                "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k\",\"use\":\"sig\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                    + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"));
    prints(
        """
        const key = await require('jwks-rsa')({ jwksUri: 'https://peer.example/jwks.json', cache: true, rateLimit: true }).getSigningKey('k')
        console.log(key.getPublicKey().split('\\n')[0])
        """,
        "log -----BEGIN PUBLIC KEY-----");
  }

  @Test
  void hasTheManagementAndAuthenticationClients() {
    realm.answering(
        (head, body) ->
            TestRealm.Answer.of(200, "{\"access_token\":\"t\",\"user_id\":\"auth0|1\"}"));
    prints(
        """
        const { AuthenticationClient, ManagementClient } = require('auth0')
        const grant = await new AuthenticationClient({ domain: 'peer.example', clientId: 'c', clientSecret: 's' }).oauth.clientCredentialsGrant({ audience: 'a' })
        const user = await new ManagementClient({ domain: 'peer.example', token: 't' }).users.get({ id: 'auth0|1' })
        console.log(grant.data.access_token, user.data.user_id)
        """,
        "log t auth0|1");
  }
}
