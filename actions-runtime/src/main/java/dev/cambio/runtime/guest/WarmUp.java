package dev.cambio.runtime.guest;

import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.Sandbox;

/** Runs a trivial Action, so that the first real one does not pay for loading the engine. */
final class WarmUp {
  private static final String HASH = "warm-up";
  private static final String SOURCE =
      """
      const { createHash } = require('crypto');
      exports.onExecutePostLogin = async (event, api) => {
        await null;
        createHash('sha256').update(event.user.user_id).digest('hex');
        require('util').inspect({ list: [1, 'a'], map: new Map(), error: new Error('warm') });
        new Request(new URL('https://warm.example/?a=1'), { headers: { a: 'b' } });
        new Response(new TextEncoder().encode('warm')).body;
        new AbortController().signal.addEventListener('abort', () => {});
        Buffer.from(structuredClone({ a: 'warm' }).a).toString('base64');
        api.accessToken.setCustomClaim('https://warm.example/up', true);
      };
      """;
  private static final String EVENT =
      """
      {"user":{"user_id":"warm|up","user_metadata":{},"app_metadata":{},"identities":[]},\
      "client":{"client_id":"warm","name":"warm","metadata":{}},"tenant":{"id":"warm"},\
      "request":{"body":{},"query":{},"geoip":{},"ip":"192.0.2.1","method":"POST"},\
      "transaction":{"protocol":"oauth2-token-exchange","requested_scopes":[],"metadata":{}}}
      """;

  private WarmUp() {}

  static void run(Sandbox sandbox) throws GuestException {
    sandbox.scripts().keep(HASH, SOURCE);
    Realm realm = sandbox.open();
    try {
      realm.define(sandbox.scripts(), HASH, "{}");
      realm.invoke("post-login", EVENT, "{}");
      realm.end();
    } catch (GuestException e) {
      if (e.reason() == GuestException.Reason.BROKEN) {
        throw e;
      }
      System.err.println("Warm-up: " + e.getMessage());
    } finally {
      realm.cancel();
    }
  }
}
