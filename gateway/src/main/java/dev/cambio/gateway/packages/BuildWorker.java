package dev.cambio.gateway.packages;

import dev.cambio.gateway.error.Trouble;
import dev.cambio.gateway.store.Database;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds what drafts have asked for, on threads of its own. Every node with the gateway role has
 * one; the database decides who builds what.
 */
public final class BuildWorker implements AutoCloseable {
  /** The channel that says that there is something to build. */
  public static final String CHANNEL = "cambio_build";

  private static final Logger LOG = LoggerFactory.getLogger(BuildWorker.class);
  private static final int AT_A_TIME = 2;

  /** For notices that were lost, and builders that died. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Database database;
  private final ActionPackages packages;
  private final AfterBuild after;
  private final Trouble trouble = new Trouble(LOG, "Cannot build packages of Actions");
  private final Semaphore permits = new Semaphore(AT_A_TIME);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closing;
  private long timer;

  public BuildWorker(Vertx vertx, Database database, ActionPackages packages, AfterBuild after) {
    this.vertx = vertx;
    this.database = database;
    this.packages = packages;
    this.after = after;
  }

  /** Begins to look for builds. */
  public void start() {
    timer = vertx.setPeriodic(0, LOOK.toMillis(), _ -> wake());
  }

  /** Looks for builds now. */
  public void wake() {
    if (!closing && permits.tryAcquire()) {
      executor.execute(
          () -> {
            try {
              work();
              trouble.over();
            } catch (Exception e) { // await() throws what a future failed with, checked or not
              trouble.met(e);
            } finally {
              permits.release();
            }
          });
    }
  }

  private void work() {
    Optional<BuildLease> lease = BuildLease.claim(database);
    while (lease.isPresent()) {
      // There may be more than one: whoever is idle takes the next.
      wake();
      work(lease.get());
      lease = closing ? Optional.empty() : BuildLease.claim(database);
    }
  }

  private void work(BuildLease lease) {
    BuildOutcome outcome = lease.build(packages, () -> closing);
    if (closing && outcome instanceof BuildOutcome.Failed) {
      lease.giveBack();
    } else {
      lease.finish(outcome, after);
      LOG.info(
          "{}: {}",
          lease,
          outcome instanceof BuildOutcome.Failed failed ? failed.reason() : "built");
    }
  }

  /** Breaks off what is under way and gives it back for other nodes to build. */
  @Override
  public void close() {
    closing = true;
    vertx.cancelTimer(timer);
    executor.close();
  }
}
