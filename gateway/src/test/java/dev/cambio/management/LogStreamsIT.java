package dev.cambio.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Log streams, contract management-api §2.12")
class LogStreamsIT {
  private final Administrator admin = Administrator.quickstart();
  private final List<String> paths = new ArrayList<>();

  private JsonNode create(String sink) {
    Response created =
        admin.post(
            "/log-streams",
            "{'name':'s','type':'http','sink':{'httpEndpoint':'https://logs.example/in'"
                + sink
                + "}}");
    assertThat(created.status()).as(created.message()).isEqualTo(200);
    paths.add(path(created.body()));
    // Nothing of this is to be delivered.
    return admin.patch(path(created.body()), "{'status':'paused'}").body();
  }

  private static String path(JsonNode stream) {
    return "/log-streams/" + stream.path("id").asText();
  }

  @AfterEach
  void remove() {
    paths.forEach(admin::delete);
  }

  @Test
  @DisplayName("§2.12 create answers 200 with id and status; lists are bare arrays")
  void creates() {
    JsonNode stream = create("");

    assertThat(stream.path("id").asText()).matches("lst_[A-Za-z0-9]{16}");
    assertThat(stream.path("filters")).isEmpty();
    assertThat(stream.path("dead_letters").asInt(-1)).isZero();
    assertThat(admin.get(path(stream)).body()).isEqualTo(stream);
    assertThat(admin.get("/log-streams").body().findValuesAsText("id"))
        .contains(stream.path("id").asText());
  }

  @Test
  @DisplayName("§2.12 secrets of the sink are sealed and never shown, and kept by other changes")
  void sealsSecrets() {
    JsonNode stream =
        create(
            ",'httpAuthorization':'Bearer hidden-a',"
                + "'httpCustomHeaders':[{'header':'X-Key','value':'hidden-b'}]");
    String row = "select row_to_json(s)::text from log_stream s where id = ?";
    List<String> before = TestNode.shared().column(row, stream.path("id").asText());

    assertThat(stream.toString()).doesNotContain("hidden").contains("X-Key");
    assertThat(before.getFirst()).doesNotContain("hidden");

    JsonNode same =
        admin
            .patch(
                path(stream),
                "{'sink':{'httpEndpoint':'https://logs.example/in',"
                    + "'httpCustomHeaders':[{'header':'X-Key'}]}}")
            .body();
    assertThat(same).isEqualTo(stream);
    assertThat(TestNode.shared().column(row, stream.path("id").asText())).isEqualTo(before);
    assertThat(
            admin
                .patch(path(stream), "{'sink':{'httpCustomHeaders':[{'header':'X-New'}]}}")
                .message())
        .contains("Missing required property: value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://other.example/in",
        "https://logs.example:8443/in",
        "https://logs.example.:443/"
      })
  @DisplayName("§2.12 another host or port gets none of the secrets that were for the old one")
  void dropsSecretsOfAnotherReceiver(String endpoint) {
    JsonNode stream = create(SECRETS);

    JsonNode moved = admin.patch(path(stream), endpoint(endpoint, "")).body();

    assertThat(sealed(stream)).containsOnlyNulls();
    assertThat(moved.at("/sink/httpEndpoint").asText()).isEqualTo(endpoint);
    assertThat(moved.path("sink").has("httpCustomHeaders")).isFalse();
    assertThat(moved.path("last_error").asText()).contains("are gone; send them again");
    // Back again does not bring them back.
    admin.patch(path(stream), endpoint("https://logs.example/in", ""));
    assertThat(sealed(stream)).containsOnlyNulls();
  }

  @Test
  @DisplayName("§2.12 a header without a value has none at another receiver: 400, nothing changed")
  void refusesHeadersWithoutValuesElsewhere() {
    JsonNode stream = create(SECRETS);

    Response refused =
        admin.patch(
            path(stream),
            endpoint("https://other.example/in", ",'httpCustomHeaders':[{'header':'X-Key'}]"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("Missing required property: value");
    assertThat(admin.get(path(stream)).body()).isEqualTo(stream);
  }

  @Test
  @DisplayName(
      "§2.12 secrets that are given again go along, and another path keeps those there are")
  void keepsSecretsOfTheSameReceiver() {
    JsonNode stream = create(SECRETS);
    List<String> before = sealed(stream);

    JsonNode same =
        admin.patch(path(stream), endpoint("https://LOGS.example:443/elsewhere?a=b", "")).body();
    assertThat(sealed(stream)).isEqualTo(before).doesNotContainNull();
    assertThat(same.has("last_error")).isFalse();

    JsonNode moved =
        admin.patch(path(stream), endpoint("https://other.example/in", SECRETS)).body();
    assertThat(sealed(stream)).doesNotContainNull();
    assertThat(moved.at("/sink/httpCustomHeaders/0/header").asText()).isEqualTo("X-Key");
    assertThat(moved.has("last_error")).isFalse();
  }

  private static final String SECRETS =
      ",'httpAuthorization':'Bearer hidden-a',"
          + "'httpCustomHeaders':[{'header':'X-Key','value':'hidden-b'}]";

  private static String endpoint(String endpoint, String more) {
    return "{'sink':{'httpEndpoint':'" + endpoint + "'" + more + "}}";
  }

  private static List<String> sealed(JsonNode stream) {
    return TestNode.shared()
        .column(
            "select encode(sealed_secrets, 'hex') from log_stream where id = ?",
            stream.path("id").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'http'}|'Missing required property: sink'.",
        "{'type':'splunk','sink':{}}|'No enum match, expected one of: http, file' on property"
            + " type.",
        "{'type':'http','sink':{}}|'Missing required property: httpEndpoint' on property sink.",
        "{'type':'http','sink':{'httpEndpoint':'http://logs.example'}}|'Expected an https URL"
            + " without user name and fragment' on property sink.httpEndpoint.",
        "{'type':'http','sink':{'httpEndpoint':'https://u:p@logs.example'}}|'Expected an https URL"
            + " without user name and fragment' on property sink.httpEndpoint.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example','path':'x'}}|'Additional"
            + " properties not allowed: path' on property sink.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example','httpCustomHeaders':"
            + "[{'header':'Host','value':'x'}]}}|'Not a header that can be set' on property"
            + " sink.httpCustomHeaders[0].header.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example','httpCustomHeaders':"
            + "[{'header':'X-A','value':'x\\nY: z'}]}}|'String contains a character that is not"
            + " allowed' on property sink.httpCustomHeaders[0].value.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example','httpContentType':'a/b\\n'}}|"
            + "'String contains a character that is not allowed' on property sink.httpContentType.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example'},'startFrom':'soon'}|'Expected a"
            + " date and time of this millennium' on property startFrom.",
        "{'type':'http','sink':{'httpEndpoint':'https://a.example'},'filters':[{'type':'category',"
            + "'name':'x'}]}|No enum match, expected one of: auth.login.fail",
        "{'type':'file','sink':{'path':'../x'}}|'Expected names separated by slashes, without dots"
            + " in front' on property sink.path.",
        "{'type':'file','sink':{'path':'a.log'}}|'Streams to files are not enabled on this gateway'"
            + " on property type.",
      })
  @DisplayName("§2.12 what cannot be delivered to is refused with 400 and the property's name")
  void refuses(String body, String detail) {
    Response refused = admin.post("/log-streams", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).startsWith("Payload validation error: ").contains(detail);
    assertThat(admin.get("/log-streams").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.12 delete answers 204, also when there is nothing left")
  void deletes() {
    String path = path(create(""));

    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
    assertThat(admin.get(path).errorCode()).isEqualTo("inexistent_log_stream");
    assertThat(admin.delete(path).status()).isEqualTo(204);
  }
}
