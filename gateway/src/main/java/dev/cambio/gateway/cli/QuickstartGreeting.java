package dev.cambio.gateway.cli;

import java.time.Clock;

/** What quickstart prints when it is ready: where it listens, and one exchange to paste. */
record QuickstartGreeting(int httpPort, int opsPort) {

  String text(Clock clock) {
    return """

    Cambio is ready at http://localhost:%d/  (health: http://localhost:%d/health/ready)
    Exchange a partner's token for your own; paste this into another terminal:

    curl -sS http://localhost:%d/oauth/token \\
      --data-urlencode 'grant_type=urn:ietf:params:oauth:grant-type:token-exchange' \\
      --data-urlencode 'client_id=quickstart-app' \\
      --data-urlencode 'client_secret=quickstart-app-secret-0123456789abcdef' \\
      --data-urlencode 'audience=https://api.acme.example/orders' \\
      --data-urlencode 'scope=openid profile email read:orders' \\
      --data-urlencode 'subject_token_type=urn:acme:partner-token' \\
      --data-urlencode 'subject_token=%s'

    It answers 200 with access_token, id_token, expires_in and "token_type":"Bearer".
    The subject token is good for an hour; "cambio token" makes another. Ctrl-C stops the server.
    """
        .formatted(httpPort, opsPort, httpPort, SampleToken.sample().signed(clock));
  }
}
