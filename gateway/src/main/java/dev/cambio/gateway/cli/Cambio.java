package dev.cambio.gateway.cli;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.files.TenantImportException;
import dev.cambio.model.config.SettingsException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * The command line. Exit codes: 0 done, 1 failed with one line on standard error, 2 wrong usage.
 */
@Command(
    name = "cambio",
    description = "A self-hosted, clustered token-exchange gateway.",
    mixinStandardHelpOptions = true,
    versionProvider = Cambio.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      CheckConfigCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      TestActionCommand.class,
      TokenCommand.class
    })
public final class Cambio implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Cambio.class);

  /** Runs a subcommand and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Cambio())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (exception, command, result) -> {
              LOG.debug("failed", exception);
              command.getErr().println("cambio: " + oneLine(exception));
              return CommandLine.ExitCode.SOFTWARE;
            })
        .setParameterExceptionHandler(Cambio::wrongUsage);
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  private static int wrongUsage(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().printf("cambio: %s (see: %s --help)%n", exception.getMessage(), name);
    return CommandLine.ExitCode.USAGE;
  }

  /**
   * Our own exceptions speak for themselves; of others the innermost cause that says anything says
   * most.
   */
  private static String oneLine(Exception exception) {
    Throwable told = exception;
    boolean ours =
        exception instanceof SettingsException
            || exception instanceof StartupException
            || exception instanceof TenantImportException;
    for (Throwable cause = told.getCause(); !ours && cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        told = cause;
      }
    }
    String message =
        Optional.ofNullable(told.getMessage()).orElse("no reason given").replaceAll("\\s+", " ");
    return ours ? message : told.getClass().getSimpleName() + ": " + message;
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Cambio.class.getPackage().getImplementationVersion();
      return new String[] {"cambio " + (version == null ? "(development build)" : version)};
    }
  }
}
