package dev.cambio.gateway.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports a tenant again whenever its files change. What cannot be imported is told, and the tenant
 * stays as it was.
 */
public final class TenantWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantWatch.class);

  /** Editors write in several steps; the import begins when they have been quiet for so long. */
  private static final long QUIET_MS = 150;

  private final Path directory;
  private final Supplier<ImportReport> importer;
  private final WatchService watcher;
  private final Thread thread;

  private TenantWatch(Path directory, Supplier<ImportReport> importer, WatchService watcher) {
    this.directory = directory;
    this.importer = importer;
    this.watcher = watcher;
    this.thread = Thread.ofPlatform().name("cambio-watch").daemon().unstarted(this::watch);
  }

  /**
   * Begins to watch.
   *
   * @param directoryOrFile as given to the importer
   * @param importer imports the tenant anew
   */
  public static TenantWatch start(Path directoryOrFile, Supplier<ImportReport> importer) {
    Path directory =
        Files.isDirectory(directoryOrFile)
            ? directoryOrFile
            : directoryOrFile.toAbsolutePath().resolveSibling("");
    try {
      directory = directory.toRealPath();
      TenantWatch watch =
          new TenantWatch(directory, importer, directory.getFileSystem().newWatchService());
      watch.register();
      watch.thread.start();
      return watch;
    } catch (IOException e) {
      throw new TenantImportException(directory + ": cannot be watched (" + e.getMessage() + ")");
    }
  }

  /** Every folder, since a watch sees no deeper than one. */
  private void register() throws IOException {
    try (Stream<Path> folders = Files.walk(directory)) {
      for (Path folder : folders.filter(TenantWatch::isFolder).toList()) {
        folder.register(
            watcher,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
      }
    }
  }

  /** Not by a link, which may lead out. */
  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private void watch() {
    try {
      while (true) {
        WatchKey changed = watcher.take();
        while (changed != null) {
          changed.pollEvents();
          changed.reset();
          changed = watcher.poll(QUIET_MS, TimeUnit.MILLISECONDS);
        }
        register();
        importAgain();
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      // The node stops.
    } catch (IOException | UncheckedIOException e) {
      LOG.error("{} is not watched any more: {}", directory, e.getMessage());
    }
  }

  private void importAgain() {
    try {
      ImportReport report = importer.get();
      if (report.written() > 0) {
        LOG.info("Imported {} again: {} entities changed", directory, report.written());
      }
    } catch (TenantImportException e) {
      LOG.warn("Not imported, the tenant stays as it was: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Not imported, the tenant stays as it was", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      watcher.close();
      thread.join();
    } catch (IOException e) {
      LOG.debug("The watch on {} did not close", directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
