package dev.cambio.gateway.cluster;

import dev.cambio.gateway.Gateway;
import dev.cambio.gateway.cluster.ClusterSettings.Join;
import dev.cambio.gateway.config.Secret;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import dev.cambio.model.bus.Json;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.RecordForm;
import dev.cambio.runtime.ActionsNode;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.transport.Transport;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member of the cluster in a process of its own, which does as it is told line by line. */
final class OtherMember implements AutoCloseable {
  /** Where it sends every message back. */
  static final String ECHO = "test.echo";

  /** A map of the tests' own. */
  static final String MAP = "golden";

  private static final long SECONDS = 60;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;

  private OtherMember(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts one that joins the cluster of that name at that port of this machine. */
  static OtherMember start(String cluster, int seedPort, String secret) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of(System.getProperty("cambio.jvm.flags", "").split(" ")));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(OtherMember.class.getName(), cluster, "127.0.0.1:" + seedPort));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SECRET", secret);
    OtherMember member = new OtherMember(builder.start());
    member.answer();
    return member;
  }

  /** Has it do something and answers what came of it. */
  String tell(String line) throws IOException {
    questions.write(line + '\n');
    questions.flush();
    return answer();
  }

  private String answer() throws IOException {
    while (true) {
      String line = Objects.requireNonNull(answers.readLine(), "it has ended");
      if (line.startsWith("> ")) {
        return line.substring(2);
      }
    }
  }

  @Override
  public void close() throws IOException {
    questions.close();
    process.onExit().completeOnTimeout(process, SECONDS, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }

  /** The forms of all that nodes keep. */
  static List<RecordForm<?>> forms() {
    return Stream.concat(Gateway.forms().stream(), ActionsNode.forms().stream()).toList();
  }

  static ClusterMember member(
      Join join, String cluster, List<String> members, String secret, int port, int busPort) {
    return ClusterNode.start(
        new ClusterSettings(
            join,
            cluster,
            members,
            Optional.empty(),
            "127.0.0.1",
            port,
            busPort,
            Optional.of(Secret.of(secret)),
            "CAMBIO_CLUSTER_SECRET",
            Duration.ofMillis(200)),
        forms(),
        new SecureRandom(),
        Transport.NIO);
  }

  /** What a member says when it asks another for code. */
  static ActionCode ask(ClusterMember member) {
    return (ActionCode)
        member
            .vertx()
            .eventBus()
            .request(
                ActionBus.CODE,
                new ActionCode.Request("tenant", "hash"),
                new DeliveryOptions().setSendTimeout(TimeUnit.SECONDS.toMillis(SECONDS)))
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(SECONDS, TimeUnit.SECONDS)
            .join()
            .body();
  }

  /** The process. */
  public static void main(String[] arguments) throws IOException {
    try (ClusterMember member =
        member(Join.TCP_IP, arguments[0], List.of(arguments[1]), System.getenv("SECRET"), 0, 0)) {
      member.vertx().eventBus().consumer(ECHO, message -> message.reply(message.body()));
      say("ready");
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        say(
            switch (words[0]) {
              case "ask" -> ask(member).source();
              case "kept" -> String.valueOf(kept(member, words[1]));
              case "health" -> Json.write(member.health());
              default -> "unknown";
            });
      }
    }
  }

  private static void say(String line) {
    System.out.println("> " + line);
  }

  private static @Nullable String kept(ClusterMember member, String key) {
    Object value = member.hazelcast().getMap(MAP).get(key);
    return value == null ? null : Json.write(value);
  }
}
