package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("DPoP, contract token-endpoint §1.4 and RFC 9449")
class DpopContractIT {
  private static final String ALLOWED = "https://dpop.contract.example";
  private static final String REQUIRED = "https://bound.contract.example";
  private static final String REFUSED = "400 invalid_request: Proof-of-Possession is required";

  private static TokenRequest request(String audience) {
    return TokenRequest.running(SET_JANE).with("audience", audience);
  }

  @Test
  @DisplayName("§1.4 the token is bound to the key: token_type DPoP and cnf.jkt by RFC 7638")
  void binds() {
    for (DpopProof proof : List.of(DpopProof.es256(), DpopProof.rs256())) {
      Answer answer = request(ALLOWED).header("DPoP", proof.sign()).post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text("token_type")).isEqualTo("DPoP");
      assertThat(answer.accessToken().path("cnf").path("jkt").asText())
          .isEqualTo(proof.thumbprint());
    }
  }

  @ParameterizedTest(name = "client {0}, API {1}, proof sent: {2} → {3}")
  @CsvSource({
    "app,   https://api.contract.example,   false, plain",
    "app,   https://dpop.contract.example,  false, plain",
    "app,   https://bound.contract.example, false, refused",
    "app,   https://api.contract.example,   true,  plain",
    "app,   https://dpop.contract.example,  true,  bound",
    "app,   https://bound.contract.example, true,  bound",
    "bound, https://api.contract.example,   false, refused",
    "bound, https://dpop.contract.example,  false, refused",
    "bound, https://bound.contract.example, false, refused",
    "bound, https://api.contract.example,   true,  refused",
    "bound, https://dpop.contract.example,  true,  bound",
    "bound, https://bound.contract.example, true,  bound",
    "app,   https://bound-public.contract.example, false, plain",
  })
  @DisplayName("§1.4 which tokens are bound, plain or refused")
  void followsTheTable(String client, String audience, boolean proof, String outcome) {
    TokenRequest request = request(audience).client(client);
    if (proof) {
      request.header("DPoP", DpopProof.es256().sign());
    }

    Answer answer = request.post();

    if (outcome.equals("refused")) {
      assertThat(answer.error()).isEqualTo(REFUSED);
    } else {
      boolean bound = outcome.equals("bound");
      assertThat(answer.text("token_type")).isEqualTo(bound ? "DPoP" : "Bearer");
      assertThat(answer.accessToken().has("cnf")).isEqualTo(bound);
    }
  }

  @Test
  @DisplayName("§1.4 a public client gets a nonce with its refusal, and must use it")
  void demandsNonce() {
    DpopProof proof = DpopProof.es256();
    TokenRequest request =
        request("https://bound-public.contract.example")
            .without("client_secret")
            .with("client_id", "public");

    Answer refused = request.header("DPoP", proof.sign()).post();
    assertThat(refused.error())
        .isEqualTo("400 use_dpop_nonce: Authorization server requires nonce in DPoP proof");
    assertThat(request.header("DPoP", withNonce(proof, "made-up")).post().text("error"))
        .isEqualTo("use_dpop_nonce");
    String nonce = refused.header("DPoP-Nonce");
    Answer answer = request.header("DPoP", withNonce(proof, nonce)).post();
    assertThat(answer.text("token_type")).isEqualTo("DPoP");
  }

  private static String withNonce(DpopProof proof, String nonce) {
    proof.claims.put("nonce", nonce);
    return proof.sign();
  }

  @Test
  @DisplayName("§1.4 a proof is good for one request")
  void refusesReplay() {
    String proof = DpopProof.es256().sign();

    assertThat(request(ALLOWED).header("DPoP", proof).post().status()).isEqualTo(200);
    assertThat(request(ALLOWED).header("DPoP", proof).post().error())
        .isEqualTo("400 invalid_dpop_proof: DPoP proof: the proof was used before");
  }

  static Stream<Named<Consumer<DpopProof>>> faults() {
    return Stream.of(
        fault("typ JWT", proof -> proof.header.put("typ", "JWT")),
        fault("alg none", proof -> proof.header.put("alg", "none")),
        fault("alg NoNe", proof -> proof.header.put("alg", "NoNe")),
        fault("alg HS256", proof -> proof.header.put("alg", "HS256")),
        fault("alg of another key type", proof -> proof.header.put("alg", "RS256")),
        fault("no jwk", proof -> proof.header.remove("jwk")),
        fault("private jwk", proof -> proof.header.withObject("/jwk").put("d", "AAAA")),
        fault("symmetric jwk", proof -> proof.header.withObject("/jwk").put("kty", "oct")),
        fault(
            "another's jwk", proof -> proof.header.set("jwk", DpopProof.es256().header.get("jwk"))),
        fault(
            "a point off the curve",
            proof -> proof.header.withObject("/jwk").put("x", "A".repeat(43))),
        fault("x with padding", proof -> member(proof, "x", x -> x + "=")),
        fault("x with spare bits", proof -> member(proof, "x", DpopContractIT::nextLetter)),
        fault("x in plain base64", proof -> member(proof, "x", x -> "+" + x.substring(1))),
        fault("x in two lines", proof -> member(proof, "x", x -> x + "\n")),
        fault("critical extension", proof -> proof.header.putArray("crit").add("b64")),
        fault("htm GET", proof -> proof.claims.put("htm", "GET")),
        fault(
            "htu elsewhere", proof -> proof.claims.put("htu", "https://evil.example/oauth/token")),
        fault("htu no URL", proof -> proof.claims.put("htu", "http://[")),
        fault("htu relative", proof -> proof.claims.put("htu", "/oauth/token")),
        fault("iat old", proof -> proof.claims.put("iat", System.currentTimeMillis() / 1000 - 300)),
        fault(
            "iat ahead", proof -> proof.claims.put("iat", System.currentTimeMillis() / 1000 + 300)),
        fault("iat text", proof -> proof.claims.put("iat", "now")),
        fault("no jti", proof -> proof.claims.remove("jti")),
        fault("long jti", proof -> proof.claims.put("jti", "x".repeat(1000))));
  }

  private static void member(DpopProof proof, String name, UnaryOperator<String> change) {
    ObjectNode jwk = proof.header.withObject("/jwk");
    jwk.put(name, change.apply(jwk.path(name).asText()));
  }

  /** Of the last letter of 32 octets the last two bits say nothing. */
  private static String nextLetter(String text) {
    return text.substring(0, text.length() - 1) + (char) (text.charAt(text.length() - 1) + 1);
  }

  private static Named<Consumer<DpopProof>> fault(String name, Consumer<DpopProof> change) {
    return Named.of(name, change);
  }

  @ParameterizedTest
  @MethodSource("faults")
  @DisplayName("§1.4 any other fault of a proof is 400 invalid_dpop_proof")
  void refusesFaultyProofs(Consumer<DpopProof> change) {
    DpopProof proof = DpopProof.es256();
    change.accept(proof);

    Answer refused = request(ALLOWED).header("DPoP", proof.sign()).post();

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("error")).isEqualTo("invalid_dpop_proof");
  }

  @Test
  @DisplayName("§1.4 htu is compared without query and fragment")
  void ignoresQueryOfTarget() {
    DpopProof proof = DpopProof.es256();
    proof.claims.put("htu", proof.claims.path("htu").asText() + "?a=b#c");

    assertThat(request(ALLOWED).header("DPoP", proof.sign()).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§1.4 no proof where a key is needed: the required API refuses")
  void requiresProof() {
    assertThat(request(REQUIRED).post().error()).isEqualTo(REFUSED);
  }
}
