package dev.cambio.gateway.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.bus.Json;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads what a trial is to make of the world. */
public final class TrialOptions {
  /** The furthest that a {@code Date} of JavaScript reaches. */
  private static final long MAX_TIME = 8_640_000_000_000_000L;

  private TrialOptions() {}

  /**
   * A point in time as milliseconds since the epoch.
   *
   * @throws TrialException if the text is no date and time with an offset
   */
  public static long clock(String text) {
    try {
      long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      if (Math.abs(millis) <= MAX_TIME) {
        return millis;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // Falls through to the one complaint about its form.
    }
    throw new TrialException("clock must be a time such as 2026-01-01T00:00:00Z");
  }

  /** {@code live}, {@code recorded} or {@code none}. */
  public static Fetching fetching(String text) {
    for (Fetching known : Fetching.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
        return known;
      }
    }
    throw new TrialException("fetch must be live, recorded or none");
  }

  /**
   * The answers of a recording.
   *
   * @param list what a trial recorded, or somebody wrote
   * @throws TrialException naming the first that is not readable
   */
  public static List<RecordedFetch> recording(JsonNode list) {
    if (!list.isArray()) {
      throw new TrialException("a recording must be a list");
    }
    List<RecordedFetch> recording = new ArrayList<>();
    for (JsonNode each : list) {
      try {
        recording.add(Json.read(Json.write(each), RecordedFetch.class));
      } catch (JsonProcessingException e) {
        throw new TrialException(
            "recording[%d] is none of a request and its response: %s"
                .formatted(recording.size(), firstLine(e.getOriginalMessage())));
      }
    }
    return recording;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
