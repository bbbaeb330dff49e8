package dev.cambio.model.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request with what came of it. People write such files by hand too, so all but method, URL and
 * status may be left out.
 *
 * @param response absent if the request failed
 * @param error absent if it did not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecordedFetch(
    Request request,
    @JsonSetter(nulls = Nulls.SET) @Nullable Response response,
    @JsonSetter(nulls = Nulls.SET) @Nullable Failure error) {

  public RecordedFetch {
    if ((response == null) == (error == null)) {
      throw new IllegalArgumentException("a recorded request has either a response or an error");
    }
  }

  /**
   * What was asked.
   *
   * @param url the run's secrets are masked in it
   * @param body text, the run's secrets masked; absent stands for any body
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Request(
      String method, String url, @JsonSetter(nulls = Nulls.SET) @Nullable String body) {}

  /**
   * What was answered.
   *
   * @param url where redirects led to; absent for the URL of the request
   * @param headers pairs of name and value
   * @param body text, or base64 of bytes that are none
   */
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  public record Response(
      int status,
      @JsonProperty("status_text") @JsonSetter(nulls = Nulls.SET) String statusText,
      @JsonSetter(nulls = Nulls.SET) @Nullable String url,
      @JsonSetter(nulls = Nulls.SET) List<List<String>> headers,
      @JsonSetter(nulls = Nulls.SET) String body,
      @JsonSetter(nulls = Nulls.SET) boolean base64) {
    // Jackson gives null where a file has nothing.
    @SuppressWarnings("NullAway")
    public Response {
      statusText = Objects.requireNonNullElse(statusText, "");
      headers = headers == null ? List.of() : List.copyOf(headers);
      body = Objects.requireNonNullElse(body, "");
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("no status of a response: " + status);
      }
      if (base64) {
        Base64.getDecoder().decode(body);
      }
      if (headers.stream().anyMatch(pair -> pair.size() != 2)) {
        throw new IllegalArgumentException("a recorded header must be a pair of name and value");
      }
    }
  }

  /** Why there was no answer. */
  public record Failure(String code, String message) {}
}
