package dev.cambio.gateway.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a subject token for the quickstart tenant. */
@Command(
    name = "token",
    description = "Print a freshly signed subject token that the quickstart tenant accepts.",
    mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
  @Option(
      names = "--subject",
      paramLabel = "SUB",
      description = "The token's sub; default: ${DEFAULT-VALUE}.",
      defaultValue = "partner-4711")
  private String subject = "";

  @Option(
      names = "--support",
      description = "A token for the support-session profile: its sub is the user auth0|jane.")
  private boolean support;

  @Option(
      names = "--email",
      paramLabel = "ADDRESS",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "alex@partner.acme.example")
  private String email = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "Alex Partner")
  private String name = "";

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long it is valid; default: ${DEFAULT-VALUE}.",
      defaultValue = "60")
  private int minutes;

  @Override
  public Integer call() {
    PartnerToken token =
        support
            ? new PartnerToken(
                "auth0|jane", "jane@acme.example", "Jane", Duration.ofMinutes(minutes))
            : new PartnerToken(subject, email, name, Duration.ofMinutes(minutes));
    System.out.println(token.signed(Clock.systemUTC()));
    return 0;
  }
}
