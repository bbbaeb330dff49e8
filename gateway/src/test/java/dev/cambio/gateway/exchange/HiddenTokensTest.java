package dev.cambio.gateway.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("additions C2: what a lenient reader could take for a token of ours is ours")
class HiddenTokensTest {
  private static final int MUTATIONS = 1000;

  static List<String> tokens() {
    return List.of(Disguises.signed(), Disguises.symmetric(Disguises.ISSUER), Disguises.OPAQUE);
  }

  @ParameterizedTest
  @MethodSource("tokens")
  @DisplayName("additions C2 however a token is disguised, it is found")
  void finds(String token) {
    Random random = new Random(12);
    for (int i = 0; i < MUTATIONS; i++) {
      String disguised = Disguises.of(token, random);

      assertThat(Disguises.HIDDEN.isIn(disguised)).as(disguised).isTrue();
    }
  }

  @Test
  @DisplayName("additions C2 the JSON serializations, and signatures written in another way")
  void findsSerializations() {
    for (String token : List.of(Disguises.signed(), Disguises.symmetric(Disguises.ISSUER))) {
      Disguises.serializations(token)
          .forEach(json -> assertThat(Disguises.HIDDEN.isIn(json)).isTrue());
      String[] parts = token.split("\\.");
      byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
      String input = parts[0] + "." + parts[1] + ".";
      assertThat(Disguises.HIDDEN.isIn(input + Base64.getEncoder().encodeToString(signature)))
          .isTrue();
      assertThat(Disguises.HIDDEN.isIn(input)).isTrue();
      assertThat(Disguises.HIDDEN.isIn(input + Base64.getUrlEncoder().encodeToString(new byte[70])))
          .isTrue();
      assertThat(Disguises.HIDDEN.isIn(token + "." + parts[2])).isTrue();
    }
  }

  @Test
  @DisplayName("additions C2 one of HS256 whose issuer we are no longer, by its signature")
  void findsMoved() {
    String token = Disguises.MOVED;
    assertThat(
            List.of(
                token + "=",
                token + ".x",
                "Bearer " + token,
                token + " " + token,
                Disguises.foreign() + "\n" + token,
                token.replace("Z", "\tZ"),
                token.replace("J", "%4A").replace(".", "%2E"),
                token.replace("J", "\uff2a").replace(".", "\uff0e"),
                "{\"access_token\":\"" + token + "\"}"))
        .allMatch(Disguises.HIDDEN::isIn);
    assertThat(Disguises.serializations(token)).allMatch(Disguises.HIDDEN::isIn);
    assertThat(Disguises.serializations(Disguises.foreign())).noneMatch(Disguises.HIDDEN::isIn);
  }

  @Test
  @DisplayName("additions C2 one that is too long to be read strictly is found all the same")
  void findsTheLong() {
    assertThat(Disguises.HIDDEN.isIn(Disguises.signed("x".repeat(70_000)))).isTrue();
  }

  static List<String> honest() {
    byte[] random = new byte[3000];
    new Random(7).nextBytes(random);
    String text = "<samlp:Response xmlns:samlp=\"urn:oasis\">%s&amp;&#xD;</samlp:Response>";
    return List.of(
        Disguises.foreign(),
        Disguises.foreign() + "\n",
        "Bearer " + Disguises.foreign(),
        Disguises.foreign() + "." + Disguises.foreign(),
        Base64.getEncoder().encodeToString(random),
        Base64.getUrlEncoder().encodeToString(random),
        Base64.getMimeEncoder().encodeToString(text.repeat(40).getBytes(UTF_8)),
        new String(random, UTF_8),
        UUID.randomUUID().toString(),
        "cambio_",
        "{\"token\":\"cambio_0123456789\",\"iss\":\"" + Disguises.ISSUER + "\"}",
        "it's 100%, \\u00e9t\u00e9 &amp; " + Disguises.KID,
        "x".repeat(43),
        "");
  }

  @ParameterizedTest
  @MethodSource("honest")
  @DisplayName("additions C2 tokens of others are not taken for ours")
  void leaves(String token) {
    assertThat(Disguises.HIDDEN.isIn(token)).isFalse();
  }

  @Test
  @DisplayName("additions C2 nor is the database asked about them, unless they look exactly so")
  void asksSeldom() {
    HiddenTokens asking =
        new HiddenTokens(
            new HiddenTokens.Marks() {
              @Override
              public boolean isKey(String kid) {
                return false;
              }

              @Override
              public boolean isIssuer(String url) {
                return false;
              }

              @Override
              public boolean isSignedWithSecret(String compact) {
                throw new AssertionError("asked about " + compact);
              }

              @Override
              public boolean isOpaqueToken(String token) {
                throw new AssertionError("asked about " + token);
              }
            });
    Random random = new Random(3);
    IntStream.range(44, 300)
        .forEach(
            length -> {
              byte[] bytes = new byte[length];
              random.nextBytes(bytes);
              assertThat(asking.isIn(Base64.getUrlEncoder().encodeToString(bytes))).isFalse();
            });
  }

  @Test
  @DisplayName("additions C2 what has too many readings, or could be too many tokens, is refused")
  void refusesTheEndless() {
    assertThat(Disguises.HIDDEN.isIn("%" + "25".repeat(40))).isTrue();
    assertThat(
            Disguises.HIDDEN.isIn(
                IntStream.range(0, 9)
                    .mapToObj(i -> "cambio_" + Integer.toString(i).repeat(36))
                    .reduce("", String::concat)))
        .isTrue();
  }
}
