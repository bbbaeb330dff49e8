package dev.cambio.e2e;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Warnings, errors and stack traces that are logged while it is open. */
final class LoggedProblems implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  LoggedProblems() {
    log.start();
    root.addAppender(log);
  }

  /** One line for each. */
  List<String> list() {
    return List.copyOf(log.list).stream()
        .filter(
            event ->
                event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null)
        .map(ILoggingEvent::toString)
        .toList();
  }

  @Override
  public void close() {
    root.detachAppender(log);
  }
}
