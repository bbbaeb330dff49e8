package dev.cambio.model.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.action.TrialTrace;
import dev.cambio.model.action.Trigger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trials on the bus, and the recordings that people keep. */
class TrialMessagesTest {
  private static final RecordedFetch ANSWERED =
      new RecordedFetch(
          new RecordedFetch.Request("GET", "https://a.example/", null),
          new RecordedFetch.Response(200, "OK", null, List.of(List.of("a", "b")), "AAE=", true),
          null);
  private static final ActionInvocation SERVES =
      new ActionInvocation(
          "e",
          "t",
          Trigger.POST_LOGIN,
          new ActionVersion("a", "a", "v", "h"),
          "{}",
          Map.of(),
          List.of(),
          1000);

  @Test
  void aTrialCrossesWholeAndARunThatServesDoesNotMentionIt() throws Exception {
    ActionInvocation tried =
        SERVES.tried(new ActionTrial(5L, -7L, Fetching.RECORDED, true, List.of(ANSWERED)));
    ActionResult result =
        ActionResult.notStarted(ActionEnding.OVERLOADED, "busy")
            .with(
                new TrialTrace(
                    1,
                    List.of(new TrialTrace.Egress("GET", "u", null, 0, 1, "refused")),
                    List.of(ANSWERED)));

    assertThat(Json.read(Json.write(tried), ActionInvocation.class)).isEqualTo(tried);
    assertThat(Json.read(Json.write(result), ActionResult.class)).isEqualTo(result);
    assertThat(Json.write(SERVES)).doesNotContain("trial");
    assertThat(Json.write(ActionResult.notStarted(ActionEnding.OVERLOADED, "busy")))
        .doesNotContain("trial");
  }

  @Test
  void aRecordingMayBeWrittenByHand() throws Exception {
    RecordedFetch read =
        Json.read(
            """
            {"request":{"method":"GET","url":"https://a.example/"},"response":{"status":404}}
            """,
            RecordedFetch.class);

    assertThat(read)
        .isEqualTo(
            new RecordedFetch(
                new RecordedFetch.Request("GET", "https://a.example/", null),
                new RecordedFetch.Response(404, "", null, List.of(), "", false),
                null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"request\":{\"method\":\"GET\",\"url\":\"u\"}}",
        "{\"request\":{\"method\":\"GET\"},\"response\":{\"status\":200}}",
        "{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":99}}",
        "{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":200,\"headers\":[[\"a\"]]}}",
        "{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":200,\"body\":\"?\",\"base64\":true}}",
        "{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{\"status\":200},\"error\":{\"code\":\"c\",\"message\":\"m\"}}"
      })
  void refusesWhatIsNoRecording(String json) {
    assertThatThrownBy(() -> Json.read(json, RecordedFetch.class))
        .isInstanceOf(JsonProcessingException.class);
  }
}
