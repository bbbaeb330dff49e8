package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.config.ConfigLoader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The service that README shows, as a program of its own on shared-model and what that needs. */
final class ReadmeService {
  private static final Pattern EXAMPLE =
      Pattern.compile("## From another service.*?```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NEEDED =
      Pattern.compile(
          "shared-model/target/classes|/(shared-model|vertx-core|vertx-hazelcast|hazelcast|jackson"
              + "|bcpkix|bcprov|bcutil|netty|slf4j-api|jspecify)-[^/]*\\.jar");

  /** What is around the example: what it mentions and does not say, and its end. */
  @SuppressWarnings("InlineFormatString")
  private static final String PROGRAM =
      """
      import dev.cambio.model.bus.*;
      import dev.cambio.model.cluster.*;
      import java.util.*;
      import java.util.concurrent.*;

      class Service {
        static final CountDownLatch USED = new CountDownLatch(1);

        static void use(int status, String body) {
          System.out.println("> " + status + " " + body);
          USED.countDown();
        }

        static void audit(String tenant, String type, String payload) {}

        static void mail(String type, String payload) {}

        public static void main(String[] arguments) throws Exception {
          byte[] clusterSecret = System.getenv("SECRET").getBytes();
          String callerIp = "192.0.2.78";
          String tenantId = "quickstart";
          String challenge = "none";
          Map<String, String> parameters = new HashMap<>();
          for (String each : arguments) {
            parameters.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
          }
      %s
          USED.await(60, TimeUnit.SECONDS);
          var hazelcast = member.hazelcast();
          var self = hazelcast.getCluster().getLocalMember();
          System.out.println("> keeps " + hazelcast.getPartitionService().getPartitions().stream()
              .filter(partition -> self.equals(partition.getOwner())).count());
          member.close();
          System.out.println("> left");
        }
      }
      """;

  private ReadmeService() {}

  /** Runs it to its end and answers what it printed. */
  static List<String> run(String seed, String issuer, String secret, Map<String, String> parameters)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("cambio-service");
    Path source = folder.resolve("Service.java");
    Files.writeString(source, PROGRAM.formatted(example(seed, issuer)));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", classPath(), source.toString()));
    parameters.forEach((name, value) -> command.add(name + "=" + value));
    Path output = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SECRET", secret);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readAllLines(output, UTF_8);
  }

  private static String example(String seed, String issuer) throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(ConfigLoader.home().resolve("README.md")));
    assertThat(example.find()).isTrue();
    return example
        .group(1)
        .replace("10.0.0.5:5701", seed)
        .replace("10.0.0.9", "127.0.0.1")
        .replace("https://login.acme.example/", issuer);
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> NEEDED.matcher(entry).find())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
