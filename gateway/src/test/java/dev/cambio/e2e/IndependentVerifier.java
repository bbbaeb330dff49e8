package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.nio.file.Path;

/** Verifies tokens with npm's jose in a Node.js process: nothing of it is ours. */
final class IndependentVerifier {
  private IndependentVerifier() {}

  /** The claims of an RS256 token that the issuer's JWKS verifies; fails otherwise. */
  static ObjectNode verify(String token, String issuer, String audience) {
    return verify(token, issuer, audience, "RS256");
  }

  /** The same with another algorithm. */
  static ObjectNode verify(String token, String issuer, String audience, String algorithm) {
    Path jose = Path.of(System.getProperty("cambio.node.modules"), "jose");
    ProcessBuilder node =
        new ProcessBuilder(
            "node",
            Path.of("src", "test", "js", "verify-jwt.mjs").toString(),
            jose.toString(),
            issuer + ".well-known/jwks.json",
            issuer,
            audience,
            algorithm);
    if (issuer.startsWith("https:")) {
      node.environment().put("NODE_EXTRA_CA_CERTS", TestNode.shared().caFile().toString());
    }
    try {
      Process process = node.redirectErrorStream(true).start();
      process.getOutputStream().write(token.getBytes(UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("not verified: " + output);
      }
      return (ObjectNode) Json.parse(output);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
