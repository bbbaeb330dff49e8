package dev.cambio.runtime;

import com.hazelcast.core.HazelcastInstance;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.cluster.RecordForm;
import dev.cambio.model.cluster.SharedMaps;
import dev.cambio.runtime.host.ActionCache;
import dev.cambio.runtime.host.ActionFetch;
import dev.cambio.runtime.host.CacheForms;
import dev.cambio.runtime.host.CodeLoader;
import dev.cambio.runtime.host.RunServices;
import dev.cambio.runtime.process.GuestProcesses;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Actions role of a node, running. Safe for use by many threads. */
public final class ActionsNode {
  private static final long DRAIN_LOOK_MS = 20;

  private static final Logger log = LoggerFactory.getLogger(ActionsNode.class);

  /** By then the rest of the node has started too. */
  private static final Duration SPARE_AFTER = Duration.ofSeconds(3);

  private final Vertx vertx;
  private final GuestProcesses processes;
  private final ActionIntakeVerticle intake;
  private final List<String> deployments;
  private final int slots;

  private ActionsNode(
      Vertx vertx,
      GuestProcesses processes,
      ActionIntakeVerticle intake,
      List<String> deployments,
      int slots) {
    this.vertx = vertx;
    this.processes = processes;
    this.intake = intake;
    this.deployments = deployments;
    this.slots = slots;
  }

  /**
   * How the role does.
   *
   * @param slots runs possible at a time
   * @param busy runs at this moment
   * @param parked runs that wait for something and hold no slot
   * @param waiting invocations that wait for a slot
   */
  public record Health(int slots, int busy, int parked, int waiting, GuestProcesses.Health guests) {
    /** Whether every process that should serve does. */
    public boolean ready() {
      return guests.serving() == guests.wanted();
    }
  }

  /**
   * Starts guest processes and slots; completes when every slot can run. The message forms of
   * {@link dev.cambio.model.bus.ActionBus} must be registered before.
   *
   * @param maps of the cluster
   * @param seal under which cache entries are kept
   * @param registry where the numbers go
   * @param clock for the expiry of cache entries
   */
  public static Future<ActionsNode> start(
      Vertx vertx,
      HazelcastInstance hazelcast,
      SharedMaps maps,
      BusSeal seal,
      ActionsSettings settings,
      MeterRegistry registry,
      Clock clock) {
    Context loop = vertx.getOrCreateContext();
    ActionCache cache = new ActionCache(maps, seal, settings.cache(), clock);
    ActionFetch fetch = new ActionFetch(vertx, loop, settings.egress(), registry);
    CodeLoader codes = new CodeLoader(vertx.eventBus(), loop);
    ActionVerticle.Services services =
        (invocation, budget, leave) ->
            new RunServices(
                invocation, budget, leave, cache, fetch, codes, settings.launch().limits().run());
    GuestProcesses processes =
        new GuestProcesses(
            settings.launch(),
            settings.processes(),
            settings.killGrace(),
            settings.parkedBytes(),
            registry,
            version -> codes.source(version.tenant(), version.contentHash()));
    return vertx
        .executeBlocking(() -> processes.start(), false)
        .compose(Future::fromCompletionStage)
        .compose(_ -> selfTest(vertx, settings, processes))
        .compose(
            _ ->
                deploy(
                    vertx,
                    settings,
                    processes,
                    services,
                    registry,
                    new Pulse(vertx.eventBus(), hazelcast, processes, settings.slots())))
        .onSuccess(_ -> processes.keepSpare(SPARE_AFTER))
        .onFailure(_ -> processes.close());
  }

  /** The forms of what this role keeps in the cluster's maps. */
  public static List<RecordForm<?>> forms() {
    return CacheForms.ALL;
  }

  public Health health() {
    return new Health(slots, intake.busy(), intake.parked(), intake.waiting(), processes.health());
  }

  /** Packages that every Action may require without declaring them. */
  public List<String> packages() {
    return processes.packages();
  }

  List<Long> processIds() {
    return processes.pids();
  }

  void replace(long pid, String why) {
    processes.replace(pid, why);
  }

  /**
   * Begins no more runs, and completes when those under way have ended, or the time is over. Runs
   * that are asked for meanwhile are answered as not started.
   */
  public Future<Void> drain(Duration limit) {
    intake.refuseNew();
    Promise<Void> drained = Promise.promise();
    awaitIdle(System.nanoTime() + limit.toNanos(), drained);
    return drained.future();
  }

  private void awaitIdle(long deadline, Promise<Void> drained) {
    if (intake.busy() + intake.parked() == 0 || System.nanoTime() > deadline) {
      drained.complete();
    } else {
      vertx.setTimer(DRAIN_LOOK_MS, _ -> awaitIdle(deadline, drained));
    }
  }

  /** Stops taking invocations, then ends the guest processes. */
  public Future<Void> close() {
    // The intake was deployed last.
    return Future.join(deployments.reversed().stream().map(vertx::undeploy).toList())
        .otherwiseEmpty()
        .compose(
            _ ->
                vertx.executeBlocking(
                    () -> {
                      processes.close();
                      return null;
                    },
                    false));
  }

  private static Future<?> selfTest(
      Vertx vertx, ActionsSettings settings, GuestProcesses processes) {
    if (!settings.selfTest()) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          processes.selfTest();
          return true;
        },
        false);
  }

  private static Future<ActionsNode> deploy(
      Vertx vertx,
      ActionsSettings settings,
      GuestProcesses processes,
      ActionVerticle.Services services,
      MeterRegistry registry,
      Pulse pulse) {
    List<ActionVerticle> workers = new ArrayList<>();
    for (int run = 0; run < settings.open().all(); run++) {
      workers.add(new ActionVerticle(processes, services));
    }
    DeploymentOptions worker =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("cambio-action-runs")
            .setWorkerPoolSize(workers.size())
            .setMaxWorkerExecuteTime(1)
            .setMaxWorkerExecuteTimeUnit(TimeUnit.MINUTES);
    ActionIntakeVerticle intake =
        new ActionIntakeVerticle(
            workers,
            settings.running(),
            settings.open(),
            settings.queue(),
            new ActionMeters(registry),
            pulse);
    List<Future<String>> deployed = new ArrayList<>();
    workers.forEach(each -> deployed.add(vertx.deployVerticle(each, worker)));
    return Future.all(deployed)
        .compose(
            all ->
                vertx
                    .deployVerticle(intake)
                    .map(
                        intakeId -> {
                          List<String> ids = new ArrayList<>(all.list());
                          ids.add(intakeId);
                          new DeployedActions(vertx, processes).listen();
                          log.info(
                              "Actions: {} slots, JavaScript by {}, guests {}",
                              settings.slots(),
                              processes.health().javascript(),
                              processes.health().protection());
                          return new ActionsNode(vertx, processes, intake, ids, settings.slots());
                        }));
  }
}
