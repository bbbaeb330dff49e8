package dev.cambio.gateway.inbound;

import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code application/x-www-form-urlencoded} strictly: broken escapes, invalid UTF-8 and
 * repeated names are errors, where lenient parsers would guess or drop.
 */
public final class FormBody {
  private FormBody() {}

  static Parameters parse(byte[] body) {
    Map<String, String> values = new LinkedHashMap<>();
    int start = 0;
    while (start <= body.length) {
      int end = indexOf(body, '&', start, body.length);
      if (end > start) {
        int equals = indexOf(body, '=', start, end);
        String name = decode(body, start, equals);
        String value = equals < end ? decode(body, equals + 1, end) : "";
        if (values.put(name, value) != null) {
          throw RequestInvalid.naming("Parameter '%s' is given more than once", name);
        }
        if (values.size() > Parameters.MAX_PARAMETERS) {
          throw new RequestInvalid("The request has too many parameters");
        }
      }
      start = end + 1;
    }
    return new Parameters(values);
  }

  /** Decodes one form-encoded value, as RFC 6749 §2.3.1 encodes the halves of HTTP Basic. */
  public static String decode(String encoded) {
    byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
    return decode(bytes, 0, bytes.length);
  }

  private static String decode(byte[] bytes, int start, int end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(end - start);
    for (int i = start; i < end; i++) {
      switch (bytes[i]) {
        case '+' -> out.write(' ');
        case '%' -> {
          boolean whole = i + 2 < end;
          int high = whole ? Character.digit(bytes[i + 1], 16) : -1;
          int low = whole ? Character.digit(bytes[i + 2], 16) : -1;
          if (high < 0 || low < 0) {
            throw new RequestInvalid("The request body has a broken percent-encoding");
          }
          out.write(high * 16 + low);
          i += 2;
        }
        default -> out.write(bytes[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(out.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RequestInvalid("The request body is not valid UTF-8");
    }
  }

  private static int indexOf(byte[] bytes, char wanted, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return end;
  }
}
