package dev.cambio.runtime.host;

import dev.cambio.model.action.RecordedFetch;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers from a recording, in its order: each once, and the last of several for the same request
 * again and again. Requests are compared with the run's secrets masked, as they are recorded.
 * Confined to one thread.
 */
final class FetchRecording {
  private final List<RecordedFetch> recorded;
  private final List<RecordedFetch> unused;
  private final ConsoleMask mask;

  FetchRecording(List<RecordedFetch> recorded, ConsoleMask mask) {
    this.recorded = recorded;
    this.unused = new ArrayList<>(recorded);
    this.mask = mask;
  }

  FetchOutcome answer(FetchRequest request) {
    RecordedFetch next = find(unused, request);
    if (next != null) {
      unused.remove(next);
      return outcome(next);
    }
    RecordedFetch earlier = find(recorded.reversed(), request);
    return earlier == null ? unrecorded(request) : outcome(earlier);
  }

  private @Nullable RecordedFetch find(List<RecordedFetch> among, FetchRequest request) {
    RecordedFetch.Request asked = request(request, mask);
    for (RecordedFetch each : among) {
      RecordedFetch.Request known = each.request();
      if (known.method().equals(asked.method())
          && known.url().equals(asked.url())
          && (known.body() == null || known.body().equals(asked.body()))) {
        return each;
      }
    }
    return null;
  }

  private FetchOutcome unrecorded(FetchRequest request) {
    return FetchOutcome.Failed.of(
        FetchFailure.unrecorded(
            "there is no recording of %s %s"
                .formatted(request.method(), mask.mask(request.url().toString()))));
  }

  private static FetchOutcome outcome(RecordedFetch recorded) {
    RecordedFetch.Response response = recorded.response();
    if (response == null) {
      RecordedFetch.Failure error = Objects.requireNonNull(recorded.error());
      return new FetchOutcome.Failed(error.code(), error.message());
    }
    String url = Objects.requireNonNullElse(response.url(), recorded.request().url());
    return new FetchOutcome.Answered(
        response.status(),
        response.statusText(),
        url,
        !url.equals(recorded.request().url()),
        response.headers().stream()
            .map(pair -> new FetchRequest.Header(pair.get(0), pair.get(1)))
            .toList(),
        response.base64()
            ? Base64.getDecoder().decode(response.body())
            : response.body().getBytes(StandardCharsets.UTF_8));
  }

  /** What a recording keeps of a request and its outcome. */
  static RecordedFetch recorded(FetchRequest request, FetchOutcome outcome, ConsoleMask mask) {
    RecordedFetch.Request asked = request(request, mask);
    return switch (outcome) {
      case FetchOutcome.Failed(String code, String message) ->
          new RecordedFetch(asked, null, new RecordedFetch.Failure(code, message));
      case FetchOutcome.Answered answered -> {
        String text = text(answered.body());
        yield new RecordedFetch(
            asked,
            new RecordedFetch.Response(
                answered.status(),
                answered.statusText(),
                answered.redirected() ? answered.url() : null,
                answered.headers().stream()
                    .map(header -> List.of(header.name(), header.value()))
                    .toList(),
                text == null ? Base64.getEncoder().encodeToString(answered.body()) : text,
                text == null),
            null);
      }
    };
  }

  private static RecordedFetch.Request request(FetchRequest request, ConsoleMask mask) {
    byte[] body = request.body();
    String text = body == null ? null : text(body);
    return new RecordedFetch.Request(
        request.method(),
        mask.mask(request.url().toString()),
        body != null && text == null
            ? Base64.getEncoder().encodeToString(body)
            : mask.maskOptional(text));
  }

  private static @Nullable String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
