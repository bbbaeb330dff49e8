package dev.cambio.gateway.userinfo;

import dev.cambio.gateway.error.OAuthException.TokenInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An access token in the {@code Authorization} header (RFC 6750 §2.1, RFC 9449 §7.1).
 *
 * @param bound whether it came with the scheme of tokens that are bound to a key
 */
record PresentedToken(String value, boolean bound) {
  private static final Pattern HEADER =
      Pattern.compile("(bearer|dpop) +([A-Za-z0-9._~+/-]+=*) *", Pattern.CASE_INSENSITIVE);

  static PresentedToken of(InboundRequest inbound) {
    String header = inbound.header("authorization").orElseThrow(TokenInvalid::missing);
    Matcher parts = HEADER.matcher(header);
    if (!parts.matches()) {
      throw TokenInvalid.missing();
    }
    return new PresentedToken(
        parts.group(2), parts.group(1).toLowerCase(Locale.ROOT).equals("dpop"));
  }

  boolean isJwt() {
    return value.indexOf('.') >= 0;
  }

  /** The token stays out. */
  @Override
  public String toString() {
    return "PresentedToken";
  }
}
