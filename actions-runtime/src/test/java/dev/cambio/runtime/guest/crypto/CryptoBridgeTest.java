package dev.cambio.runtime.guest.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CryptoBridgeTest {
  private static final byte[] DATA = "data".getBytes(UTF_8);

  private final CryptoBridge bridge = new CryptoBridge();

  private Object call(String op, List<String> texts, byte[]... buffers) {
    return bridge.call(op, texts, List.of(buffers));
  }

  private byte[] bytes(String op, List<String> texts, byte[]... buffers) {
    assertThat(call(op, texts, buffers)).isInstanceOf(byte[].class);
    return (byte[]) call(op, texts, buffers);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private record Halves(byte[] spki, byte[] pkcs8) {}

  private Halves generate(String op, String... texts) {
    ByteBuffer pair = ByteBuffer.wrap(bytes(op, List.of(texts)));
    byte[] spki = new byte[pair.getInt()];
    pair.get(spki);
    byte[] pkcs8 = new byte[pair.remaining()];
    pair.get(pkcs8);
    return new Halves(spki, pkcs8);
  }

  @Test
  void digestsAndAuthenticates() {
    assertThat(bytes("digest", List.of("SHA-256"), "abc".getBytes(UTF_8)))
        .isEqualTo(hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    byte[] mac = bytes("hmac.sign", List.of("SHA-256"), "key".getBytes(UTF_8), DATA);
    assertThat(call("hmac.verify", List.of("SHA-256"), "key".getBytes(UTF_8), mac, DATA))
        .isEqualTo(true);
    mac[0] ^= 1;
    assertThat(call("hmac.verify", List.of("SHA-256"), "key".getBytes(UTF_8), mac, DATA))
        .isEqualTo(false);
  }

  @ParameterizedTest
  @CsvSource({"P-256,SHA-256,64", "P-384,SHA-384,96", "P-521,SHA-512,132"})
  void signsOnTheNistCurves(String curve, String hash, int length) {
    Halves keys = generate("ec.generate", curve);
    byte[] signature = bytes("ec.sign", List.of(hash, "p1363"), keys.pkcs8(), DATA);
    assertThat(signature).hasSize(length);
    assertThat(call("ec.verify", List.of(hash, "p1363"), keys.spki(), signature, DATA))
        .isEqualTo(true);
    assertThat(call("ec.verify", List.of(hash, "p1363"), keys.spki(), signature, new byte[1]))
        .isEqualTo(false);
    for (int wrong : new int[] {0, length - 2, length + 2}) {
      assertThat(
              call(
                  "ec.verify",
                  List.of(hash, "p1363"),
                  keys.spki(),
                  Arrays.copyOf(signature, wrong),
                  DATA))
          .isEqualTo(false);
    }
    // CVE-2022-21449: r = s = 0
    assertThat(call("ec.verify", List.of(hash, "p1363"), keys.spki(), new byte[length], DATA))
        .isEqualTo(false);
    assertThat(bytes("public.fromPrivate", List.of(), keys.pkcs8())).isEqualTo(keys.spki());
    assertThat(bytes("private.normalize", List.of(), keys.pkcs8())).isEqualTo(keys.pkcs8());
  }

  @ParameterizedTest
  @CsvSource({"P-256", "P-384", "P-521"})
  void readsPointsOfOneCoordinateAndASign(String curve) {
    Halves keys = generate("ec.generate", curve);
    byte[] point = bytes("ec.toRaw", List.of(), keys.spki());
    byte[] compressed = Arrays.copyOf(point, (point.length + 1) / 2);
    compressed[0] = (byte) (2 + (point[point.length - 1] & 1));
    assertThat(bytes("ec.fromRaw", List.of(curve), compressed)).isEqualTo(keys.spki());
    compressed[0] ^= 1;
    assertThat(bytes("ec.fromRaw", List.of(curve), compressed)).isNotEqualTo(keys.spki());
  }

  @Test
  void refusesACoordinateWithoutAPoint() {
    byte[] compressed = new byte[33];
    compressed[0] = 2;
    compressed[32] = 1; // x = 1 has no point on P-256
    assertThat(call("ec.fromRaw", List.of("P-256"), compressed))
        .asString()
        .startsWith("\0DataError:");
  }

  // RFC 7914 §12
  @ParameterizedTest
  @CsvSource({
    "16,1,1,'','',77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442",
    "1024,8,16,password,NaCl,fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
  })
  void derivesByScrypt(String n, String r, String p, String password, String salt, String derived) {
    assertThat(
            bytes("scrypt", List.of(n, r, p, "64"), password.getBytes(UTF_8), salt.getBytes(UTF_8)))
        .startsWith(hex(derived))
        .hasSize(64);
  }

  @ParameterizedTest
  @CsvSource({"1048576,8,1", "16384,8,1024", "15,8,1", "1048576,1024,1"})
  void boundsTheWorkOfScrypt(String n, String r, String p) {
    assertThat(call("scrypt", List.of(n, r, p, "64"), DATA, DATA))
        .asString()
        .startsWith("\0OperationError:");
  }

  @Test
  void refusesCertificatesThatAreNone() {
    for (String op : List.of("certificate.read", "certificate.describe")) {
      assertThat(call(op, List.of(), DATA)).asString().startsWith("\0DataError:");
    }
  }

  @Test
  void doesNotRunAnyCipherByName() {
    for (String op : List.of("cipher.blocks", "rsa.crypt")) {
      assertThat(call(op, List.of("RC4/ECB", "encrypt", "public"), new byte[16], DATA))
          .asString()
          .startsWith("\0NotSupportedError:");
    }
  }

  @Test
  void refusesPointsOffTheCurve() {
    byte[] point = new byte[65];
    point[0] = 4;
    point[64] = 1;
    assertThat(call("ec.fromRaw", List.of("P-256"), point)).asString().startsWith("\0DataError:");
    // RFC 7515 appendix A.3, with the last digit of y changed
    assertThat(
            call(
                "ec.publicFromJwk",
                List.of(
                    "P-256",
                    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4")))
        .asString()
        .startsWith("\0DataError:");
  }

  @Test
  void readsTheKeyOfRfc7515() {
    byte[] pkcs8 =
        bytes(
            "ec.privateFromJwk",
            List.of(
                "P-256",
                "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
    assertThat(call("private.describe", List.of(), pkcs8)).isEqualTo("EC P-256");
    assertThat(call("ec.privateToJwk", List.of(), pkcs8))
        .isEqualTo(
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU.x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0."
                + "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
  }

  @Test
  void readsTheKeyOfRfc8032() {
    byte[] pkcs8 =
        new OkpKeys.Half(
                "Ed25519", hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
            .pkcs8();
    byte[] spki = bytes("public.fromPrivate", List.of(), pkcs8);
    assertThat(bytes("okp.toRaw", List.of(), spki))
        .isEqualTo(hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    byte[] signature = bytes("okp.sign", List.of(), pkcs8, new byte[0]);
    assertThat(HexFormat.of().formatHex(signature)).startsWith("e5564300c360ac729086e2cc806e828a");
    assertThat(call("okp.verify", List.of(), spki, signature, new byte[0])).isEqualTo(true);
    assertThat(call("okp.verify", List.of(), spki, Arrays.copyOf(signature, 63), new byte[0]))
        .isEqualTo(false);
  }

  @Test
  void signsAndEncryptsWithRsa() {
    Halves keys = generate("rsa.generate", "2048", "AQAB");
    for (List<String> how :
        List.of(List.of("pkcs1", "SHA-256", "0"), List.of("pss", "SHA-384", "48"))) {
      byte[] signature = bytes("rsa.sign", how, keys.pkcs8(), DATA);
      assertThat(call("rsa.verify", how, keys.spki(), signature, DATA)).isEqualTo(true);
      assertThat(call("rsa.verify", how, keys.spki(), Arrays.copyOf(signature, 255), DATA))
          .isEqualTo(false);
    }
    byte[] sealed = bytes("rsa.encrypt", List.of("SHA-256"), keys.spki(), DATA, new byte[0]);
    assertThat(bytes("rsa.decrypt", List.of("SHA-256"), keys.pkcs8(), sealed, new byte[0]))
        .isEqualTo(DATA);
    assertThat(call("rsa.decrypt", List.of("SHA-256"), keys.pkcs8(), sealed, new byte[1]))
        .asString()
        .startsWith("\0OperationError:");
    assertThat(call("public.describe", List.of(), keys.spki())).isEqualTo("RSA 2048 AQAB");
    byte[] pkcs1 = bytes("private.to", List.of("pkcs1"), keys.pkcs8());
    assertThat(bytes("private.fromPkcs1", List.of(), pkcs1)).isEqualTo(keys.pkcs8());
  }

  @Test
  void boundsTheWorkOfACall() {
    assertThat(call("rsa.generate", List.of("8192", "AQAB")))
        .asString()
        .startsWith("\0OperationError:");
    assertThat(call("pbkdf2", List.of("SHA-256", "1000001", "256"), DATA, DATA))
        .asString()
        .startsWith("\0OperationError:");
    assertThat(call("pbkdf2", List.of("SHA-256", "1000000", "2048"), DATA, DATA))
        .asString()
        .startsWith("\0OperationError:");
    String huge = Base64Url.encode(java.math.BigInteger.ONE.shiftLeft(16385));
    assertThat(call("rsa.publicFromJwk", List.of(huge, "AQAB")))
        .asString()
        .startsWith("\0NotSupportedError:");
  }

  @Test
  void derivesKeys() {
    // RFC 6070 vector 2, RFC 5869 test case 1
    assertThat(
            bytes(
                "pbkdf2",
                List.of("SHA-1", "2", "160"),
                "password".getBytes(UTF_8),
                "salt".getBytes(UTF_8)))
        .isEqualTo(hex("ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"));
    assertThat(
            bytes(
                "hkdf",
                List.of("SHA-256", "336"),
                hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                hex("000102030405060708090a0b0c"),
                hex("f0f1f2f3f4f5f6f7f8f9")))
        .isEqualTo(
            hex(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
  }

  @Test
  void countsInTheLastBitsOnly() {
    byte[] key = new byte[16];
    byte[] counter = new byte[16];
    counter[15] = (byte) 0xff;
    byte[] whole = bytes("aes.encrypt", List.of("AES-CTR", "8"), key, counter, new byte[48]);
    byte[] restarted =
        bytes("aes.encrypt", List.of("AES-CTR", "8"), key, new byte[16], new byte[32]);
    assertThat(Arrays.copyOfRange(whole, 16, 48)).isEqualTo(restarted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "digest",
        "hmac.sign",
        "rsa.verify",
        "ec.verify",
        "okp.verify",
        "public.normalize",
        "private.normalize",
        "public.fromCertificate",
        "private.fromSec1",
        "aes.decrypt",
        "hkdf",
        "text.decode",
        "nonsense"
      })
  void answersAnErrorInsteadOfThrowing(String op) {
    byte[] junk = new byte[40];
    Arrays.fill(junk, (byte) 0x30);
    for (List<String> texts : List.of(List.<String>of(), List.of("SHA-256", "p1363", "x"))) {
      assertThat(call(op, texts)).asString().startsWith("\0").doesNotContain("java.");
      if (!op.startsWith("digest") && !op.startsWith("hmac")) {
        assertThat(call(op, texts, junk, junk, junk))
            .asString()
            .startsWith("\0")
            .doesNotContain("java.");
      }
    }
  }

  @Test
  void decodesText() {
    byte[] bytes = {(byte) 0xe2, (byte) 0x82, (byte) 0xac, (byte) 0xff};
    assertThat(call("text.decode", List.of("utf-8", "replace"), bytes)).isEqualTo("T€\ufffd");
    assertThat(call("text.decode", List.of("utf-8", "fatal"), bytes))
        .asString()
        .startsWith("\0TypeError:");
    assertThat(bytes("text.encode", List.of("€"))).isEqualTo(Arrays.copyOf(bytes, 3));
  }
}
