package dev.cambio.model.bus;

import java.util.Map;

/**
 * The answer to a {@link TokenCall}: what {@code /oauth/token} would have answered.
 *
 * @param status HTTP status
 * @param headers that belong to the answer, e.g. {@code Retry-After}
 * @param body JSON
 */
public record TokenAnswer(int status, Map<String, String> headers, String body) {
  public TokenAnswer {
    headers = Map.copyOf(headers);
  }

  /** Tokens stay out. */
  @Override
  public String toString() {
    return "TokenAnswer[" + status + "]";
  }
}
