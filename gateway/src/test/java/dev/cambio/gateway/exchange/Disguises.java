package dev.cambio.gateway.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.TokenSigner;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.model.bus.Json;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Tokens of ours, and what a client could do to them that some reader undoes. */
final class Disguises {
  static final String KID = "k3y-Of_0urs-0123456789abcdefghij";
  static final String ISSUER = "https://login.acme.example/";
  static final String OPAQUE = OpaqueTokens.PREFIX + "Zm9vLWJhcl9iYXotcXV4LTAxMjM0NTY3ODl_";

  /** Signed with the secret of a client, and issued at a host that we had. */
  static final String MOVED = symmetric("https://former.acme.example/");

  static final HiddenTokens HIDDEN =
      new HiddenTokens(
          new HiddenTokens.Marks() {
            @Override
            public boolean isKey(String kid) {
              return kid.equals(KID);
            }

            @Override
            public boolean isIssuer(String url) {
              return url.equals(ISSUER);
            }

            @Override
            public boolean isSignedWithSecret(String compact) {
              return compact.equals(MOVED);
            }

            @Override
            public boolean isOpaqueToken(String token) {
              return token.equals(OPAQUE);
            }
          });

  /** Passed over by some decoder of base64url, or cut off by some reader of tokens. */
  private static final List<String> JUNK =
      List.of(
          " ", "\t", "\n", "\r\n", "=", "==", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u2060", ".",
          "\"", "'", ",", ";", ":", "!", "*", "(", ")", "[", "<", ">", "|", "~", "^", "$", "@", "?",
          "/", "+", "\u001f", "\u007f", "é");

  private static final Map<Character, String> ENTITIES = Map.of('_', "&lowbar;", '&', "&amp;");

  private Disguises() {}

  /** An access token signed with a key of ours, whose issuer is a host that we had. */
  static String signed() {
    return signed("auth0|jane?>~");
  }

  static String signed(String subject) {
    try {
      KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return TokenSigner.of(KeyType.OKP, KID, key.getPrivate().getEncoded())
          .sign(
              claims("https://former.acme.example/").put("sub", subject),
              "EdDSA",
              TokenSigner.ACCESS_TOKEN_JWT);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An ID token signed with the secret of a client. */
  static String symmetric(String issuer) {
    return TokenSigner.hmac("a secret of the client's, long enough".getBytes(UTF_8))
        .sign(claims(issuer), "HS256", TokenSigner.JWT);
  }

  /** What another issuer signed. */
  static String foreign() {
    return TokenSigner.hmac("a secret of somebody else, long enough".getBytes(UTF_8))
        .sign(claims("https://idp.example/"), "HS256", TokenSigner.JWT);
  }

  private static ObjectNode claims(String issuer) {
    ObjectNode claims =
        JsonNodeFactory.instance.objectNode().put("iss", issuer).put("sub", "auth0|jane?>~");
    claims.putObject("act").put("sub", "auth0|sam");
    return claims;
  }

  /** Something is put in, then it is wrapped a few times. */
  static String of(String token, Random random) {
    String disguised = token;
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(token.length());
      disguised = insert(disguised, at, JUNK.get(random.nextInt(JUNK.size())));
    }
    List<UnaryOperator<String>> wraps =
        List.of(
            text -> text,
            text -> "Bearer " + text,
            text -> "\"" + text + "\"",
            text -> text + JUNK.get(random.nextInt(JUNK.size())),
            text -> text + " " + foreign(),
            text -> foreign() + text,
            text -> "token=" + text + "&x=1",
            text -> Json.write(Map.of("access_token", text)),
            Disguises::split,
            text -> encoded(text, random, "%", c -> hex("%", c.getBytes(UTF_8))),
            text -> encoded(text, random, "&", Disguises::entity),
            text -> encoded(text, random, "\\", c -> "\\u%04x".formatted((int) c.charAt(0))),
            text -> encoded(text, random, "\\", c -> "\\u{%x}".formatted((int) c.charAt(0))),
            text -> encoded(text, random, "", Disguises::fullWidth));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      disguised = wraps.get(random.nextInt(wraps.size())).apply(disguised);
    }
    return random.nextInt(8) == 0
        ? Base64.getMimeEncoder().encodeToString(disguised.getBytes(UTF_8))
        : disguised;
  }

  /** The serializations of RFC 7515 §7.2. */
  static List<String> serializations(String compact) {
    String[] parts = compact.split("\\.");
    String header = "\"protected\":\"" + parts[0] + "\"";
    String payload = "\"payload\": \"" + parts[1] + "\"";
    String signature = "\"signature\":\n\"" + parts[2] + "\"";
    return List.of(
        "{" + String.join(",", payload, header, signature) + "}",
        "{" + String.join(",", signature, payload, header) + "}",
        "{"
            + payload
            + ",\"signatures\":[{\"header\":{\"kid\":\"x\"},"
            + header
            + ","
            + signature
            + "}]}");
  }

  /** In two strings, if no escape is torn apart by that. */
  private static String split(String text) {
    return text.matches(".*[%&\\\\].*")
        ? text
        : Json.write(List.of(text.substring(0, 20), text.substring(20)));
  }

  private static String insert(String text, int at, String what) {
    return text.substring(0, at) + what + text.substring(at);
  }

  /** Encodes the sign that begins an escape, and some of the rest. */
  private static String encoded(
      String text, Random random, String always, UnaryOperator<String> escape) {
    int of = 1 + random.nextInt(5);
    StringBuilder encoded = new StringBuilder();
    for (String c : text.split("")) {
      boolean chosen = always.equals(c) || random.nextInt(of) == 0;
      encoded.append(chosen ? escape.apply(c) : c);
    }
    return encoded.toString();
  }

  private static String hex(String sign, byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte one : bytes) {
      hex.append(sign).append("%02X".formatted(one));
    }
    return hex.toString();
  }

  private static String entity(String c) {
    String named = ENTITIES.get(c.charAt(0));
    return named != null ? named : "&#" + (int) c.charAt(0) + ";";
  }

  private static String fullWidth(String c) {
    char one = c.charAt(0);
    return one > ' ' && one < 0x7f && !Set.of('%', '&', '\\').contains(one)
        ? String.valueOf((char) (one + 0xfee0))
        : c;
  }
}
