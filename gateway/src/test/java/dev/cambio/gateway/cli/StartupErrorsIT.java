package dev.cambio.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.cli.CliProcess.Ended;
import dev.cambio.gateway.database.MasterKeys;
import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.store.SecretSeal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a start is told in exactly one line, and the exit code is not 0. */
class StartupErrorsIT {
  private static final Map<String, String> PRODUCTION =
      Map.of(
          "CAMBIO_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
          "CAMBIO_HTTP_BEHIND_TLS_PROXY", "true",
          "CAMBIO_HTTP_TRUSTED_PROXIES", "127.0.0.1",
          "CAMBIO_HTTP_PORT", "0",
          "CAMBIO_OPS_PORT", "0",
          "CAMBIO_CLUSTER_JOIN", "tcp-ip",
          "CAMBIO_CLUSTER_MEMBERS", "127.0.0.1:1",
          "CAMBIO_CLUSTER_SECRET", "0123456789abcdef0123456789abcdef",
          "CAMBIO_CLUSTER_PORT", "0");

  @TempDir Path directory;

  @Test
  void aBadSettingInTheFile() throws Exception {
    Path file = Files.createDirectories(directory.resolve("config")).resolve("cambio.yaml");
    Files.writeString(file, "cambio:\n  http:\n    port: many\n");

    assertFailed(
        serve(Map.of("CAMBIO_HTTP_PORT", ""), "--quickstart"),
        file + " line 3: http.port is 'many', but must be a whole number from 0 to 65535");
  }

  @Test
  void anUnknownVariable() throws Exception {
    assertFailed(
        serve(Map.of("CAMBIO_HTTP_PROT", "1")),
        "environment variable CAMBIO_HTTP_PROT is not a known setting");
  }

  @Test
  void noDatabaseOutsideQuickstart() throws Exception {
    assertThat(serve(Map.of()).errors())
        .singleElement()
        .asString()
        .startsWith("cambio: database.url is required: ");
  }

  @Test
  void quickstartOnANetwork() throws Exception {
    assertFailed(
        serve(Map.of("CAMBIO_HTTP_HOST", "0.0.0.0"), "--quickstart"),
        "environment variable CAMBIO_HTTP_HOST: http.host is '0.0.0.0', but must be a loopback"
            + " address in quickstart, whose secrets are published");
  }

  @Test
  void tlsWithoutAUsableCertificate() throws Exception {
    Map<String, String> files =
        Map.of(
            "CAMBIO_DATABASE_URL", "postgresql://cambio@127.0.0.1:1/cambio",
            "CAMBIO_HTTPS_PORT", "0",
            "CAMBIO_TLS_CERTIFICATE_FILE", "/none.pem",
            "CAMBIO_TLS_KEY_FILE", "/none.pem");
    String message = "tls.certificate-file: /none.pem is not readable";

    assertFailed(serve(files), message);
    Map<String, String> environment = new HashMap<>(PRODUCTION);
    environment.putAll(files);
    assertFailed(new CliProcess(directory).run(environment, "check-config"), message);
  }

  @Test
  void aTlsProxyThatIsNotNamed() throws Exception {
    Map<String, String> environment = new HashMap<>(PRODUCTION);
    environment.put("CAMBIO_DATABASE_URL", "postgresql://cambio@127.0.0.1:1/cambio");
    environment.remove("CAMBIO_HTTP_TRUSTED_PROXIES");

    assertFailed(
        new CliProcess(directory).run(environment, "check-config"),
        "environment variable CAMBIO_HTTP_BEHIND_TLS_PROXY: http.behind-tls-proxy is 'true', but"
            + " must be false as long as http.trusted-proxies is empty, since all callers would"
            + " have the proxy's address: list its addresses there (in cambio.yaml, or"
            + " CAMBIO_HTTP_TRUSTED_PROXIES=127.0.0.1 for one on this machine), and have it send"
            + " X-Forwarded-For or Forwarded, or the PROXY protocol with http.proxy-protocol");
  }

  @Test
  void onePortForTwoListeners() throws Exception {
    assertFailed(
        serve(
            Map.of(
                "CAMBIO_HTTP_PORT", "8443",
                "CAMBIO_HTTPS_PORT", "8443",
                "CAMBIO_TLS_SELF_SIGNED", "true"),
            "--quickstart"),
        "environment variable CAMBIO_HTTPS_PORT: https.port is '8443', but must be another port"
            + " than http.port and ops.port");
  }

  @Test
  void aHostThatIsNone() throws Exception {
    Ended ended =
        new CliProcess(directory)
            .run(Map.of(), "import", ".", "--tenant=a", "--domain=a.example", "--host=a/b");

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.errors())
        .containsExactly(
            "cambio: --host a/b is not a host name, with a port if need be (see: cambio import"
                + " --help)");
  }

  @Test
  void aBusyPort() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      for (String key : List.of("http", "https", "ops", "cluster")) {
        String variable = "CAMBIO_" + key.toUpperCase(Locale.ROOT) + "_PORT";
        String selfSigned = Boolean.toString(key.equals("https"));
        assertFailed(
            serve(
                Map.of(variable, "" + port, "CAMBIO_TLS_SELF_SIGNED", selfSigned), "--quickstart"),
            "%s.port: port %d on 127.0.0.1 is already in use; choose another with %s"
                .formatted(key, port, variable));
      }
    }
  }

  @Test
  void anUnreachableDatabase() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertFailed(
        serve(
            Map.of(
                "CAMBIO_DATABASE_URL",
                "postgresql://cambio:hidden@127.0.0.1:%d/cambio".formatted(port),
                "CAMBIO_DATABASE_START_TIMEOUT_MS",
                "300")),
        "database.url: the database at 127.0.0.1:%d cannot be reached (Connection refused)"
            .formatted(port));
  }

  @Test
  void anotherMasterKeyThanTheDatabaseHas() throws Exception {
    TestPostgres database = TestPostgres.create();
    MasterKeys.use(database, new byte[SecretSeal.MASTER_KEY_BYTES]);
    Files.createDirectory(directory.resolve("tenant"));
    Files.writeString(directory.resolve("tenant/tenant.yaml"), "tenant: {friendly_name: Acme}");
    Map<String, String> environment = new HashMap<>(PRODUCTION);
    environment.put("CAMBIO_DATABASE_URL", database.url());
    String message =
        "environment variable CAMBIO_MASTER_KEY: master-key is not the key that the secrets in"
            + " database %s are sealed with; set that one, or another database"
                .formatted(database.url().replaceFirst(".*@(.*)/(.*)", "$2 at $1"));

    for (String[] command :
        List.of(
            new String[] {"serve"},
            new String[] {"import", "tenant", "--tenant=acme", "--domain=acme.example"},
            new String[] {"export", "out", "--tenant=acme"})) {
      assertFailed(new CliProcess(directory).run(environment, command), message);
    }
    assertThat(database.count("tenant")).isZero();
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void wrongUsage() throws Exception {
    assertThat(new CliProcess(directory).run(Map.of(), "serve", "--fast"))
        .isEqualTo(
            new Ended(
                2,
                List.of("cambio: Unknown option: '--fast' (see: cambio serve --help)"),
                List.of()));
  }

  private Ended serve(Map<String, String> changes, String... options)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(PRODUCTION);
    environment.putAll(changes);
    String[] arguments = new String[options.length + 1];
    arguments[0] = "serve";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return new CliProcess(directory).run(environment, arguments);
  }

  private static void assertFailed(Ended ended, String message) {
    assertThat(ended.errors()).containsExactly("cambio: " + message);
    assertThat(ended.exitCode()).isEqualTo(1);
  }
}
