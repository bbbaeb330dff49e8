package dev.cambio.runtime.guest.crypto;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/** X.509 certificates as Node tells of them. Nobody here decides whether one is trusted. */
final class Certificates {
  /**
   * Between the facts of a certificate; none of them holds a control character other than a line
   * feed.
   */
  private static final String SEPARATOR = "\u001f";

  /** The extension (RFC 5280 §4.2.1.6). */
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";

  /** What is escaped in a name (RFC 4514 §2.4). */
  private static final String SPECIAL = "[,+\"\\\\<>;]";

  private static final Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("550403", "CN"),
          Map.entry("550404", "SN"),
          Map.entry("550405", "serialNumber"),
          Map.entry("550406", "C"),
          Map.entry("550407", "L"),
          Map.entry("550408", "ST"),
          Map.entry("550409", "street"),
          Map.entry("55040a", "O"),
          Map.entry("55040b", "OU"),
          Map.entry("55040c", "title"),
          Map.entry("55042a", "GN"),
          Map.entry("2a864886f70d010901", "emailAddress"),
          Map.entry("0992268993f22c640101", "UID"),
          Map.entry("0992268993f22c640119", "DC"));

  private Certificates() {}

  static Map<String, Operation> all() {
    return Map.of(
        "certificate.read", a -> parse(a.bytes(0)).getEncoded(),
        "certificate.describe", a -> describe(parse(a.bytes(0))),
        "certificate.verify", a -> verify(parse(a.bytes(0)), a.bytes(1)),
        "certificate.issued", a -> issued(parse(a.bytes(0)), parse(a.bytes(1))));
  }

  static X509Certificate parse(byte[] der) throws CryptoFault {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw CryptoFault.data("The certificate is not valid");
    }
  }

  private static String describe(X509Certificate certificate)
      throws CryptoFault, GeneralSecurityException {
    return String.join(
        SEPARATOR,
        name(certificate.getSubjectX500Principal().getEncoded()),
        name(certificate.getIssuerX500Principal().getEncoded()),
        alternativeNames(certificate),
        Long.toString(certificate.getNotBefore().toInstant().toEpochMilli()),
        Long.toString(certificate.getNotAfter().toInstant().toEpochMilli()),
        certificate.getSerialNumber().toString(16).toUpperCase(Locale.ROOT),
        certificate.getBasicConstraints() >= 0 ? "ca" : "",
        usages(certificate));
  }

  private static String usages(X509Certificate certificate) throws GeneralSecurityException {
    List<String> usages = certificate.getExtendedKeyUsage();
    return usages == null ? "" : String.join(",", usages);
  }

  /** One attribute a line, in the order of the certificate. */
  private static String name(byte[] encoded) throws CryptoFault {
    List<String> lines = new ArrayList<>();
    DerReader names = new DerReader(encoded).enter(Der.SEQUENCE);
    while (names.hasMore()) {
      DerReader set = names.enter(Der.SET);
      while (set.hasMore()) {
        DerReader attribute = set.enter(Der.SEQUENCE);
        String type = HexFormat.of().formatHex(attribute.content(Der.OBJECT_ID));
        lines.add(ATTRIBUTES.getOrDefault(type, type) + "=" + text(attribute));
      }
    }
    return String.join("\n", lines);
  }

  private static String text(DerReader attribute) throws CryptoFault {
    int tag = attribute.tag();
    Charset charset =
        switch (tag) {
          case Der.UTF8_STRING -> StandardCharsets.UTF_8;
          case Der.BMP_STRING -> StandardCharsets.UTF_16BE;
          default -> StandardCharsets.ISO_8859_1;
        };
    return visible(new String(attribute.content(tag), charset)).replaceAll(SPECIAL, "\\\\$0");
  }

  // Whoever made the certificate must not add a line, nor a fact.
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      visible.append(c < ' ' ? "\\" + HexFormat.of().toHexDigits((byte) c) : c);
    }
    return visible.toString();
  }

  // Read here: the JDK gives up the whole extension over one name that it finds odd.
  private static String alternativeNames(X509Certificate certificate) throws CryptoFault {
    byte[] extension = certificate.getExtensionValue(ALTERNATIVE_NAMES);
    if (extension == null) {
      return "";
    }
    byte[] value = new DerReader(extension).content(Der.OCTET_STRING);
    DerReader names = new DerReader(value).enter(Der.SEQUENCE);
    List<String> found = new ArrayList<>();
    while (names.hasMore()) {
      int tag = names.tag();
      found.add(alternativeName(tag & Der.NUMBER, names.content(tag)));
    }
    return String.join(", ", found);
  }

  private static String alternativeName(int type, byte[] content) {
    return switch (type) {
      case 1 -> "email:" + text(content);
      case 2 -> "DNS:" + text(content);
      case 4 -> "DirName:" + directoryName(content);
      case 6 -> "URI:" + text(content);
      case 7 -> "IP Address:" + address(content);
      case 8 -> "Registered ID:<unsupported>";
      default -> "othername:<unsupported>";
    };
  }

  private static String text(byte[] content) {
    return quoted(visible(new String(content, StandardCharsets.ISO_8859_1)));
  }

  private static String directoryName(byte[] content) {
    try {
      return quoted(visible(new X500Principal(content).getName()));
    } catch (IllegalArgumentException e) {
      return "<unsupported>";
    }
  }

  private static String address(byte[] content) {
    try {
      return InetAddress.getByAddress(content).getHostAddress().toUpperCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "<invalid>";
    }
  }

  // In quotes where it could be taken for more than one name.
  private static String quoted(String name) {
    return name.matches("[^,\"'\\\\]*")
        ? name
        : name.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace(",", "\\u002c")
            .transform(escaped -> "\"" + escaped + "\"");
  }

  private static boolean verify(X509Certificate certificate, byte[] spki)
      throws CryptoFault, GeneralSecurityException {
    return isSignedBy(certificate, publicKey(spki));
  }

  private static boolean issued(X509Certificate certificate, X509Certificate issuer) {
    return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
  }

  private static PublicKey publicKey(byte[] spki) throws CryptoFault, GeneralSecurityException {
    String family = KeyOperations.algorithm(spki);
    return KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static boolean isSignedBy(X509Certificate certificate, PublicKey key)
      throws GeneralSecurityException {
    try {
      certificate.verify(key);
      return true;
    } catch (SignatureException | InvalidKeyException e) {
      return false; // signed by another key, or by one of another kind
    }
  }
}
