package dev.cambio.gateway.cli;

import dev.cambio.gateway.cli.SampleToken.Signer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a subject token for the quickstart tenant. */
@Command(
    name = "token",
    description = "Print a freshly signed subject token that the quickstart tenant accepts.",
    mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
  /** The quickstart tenant's profiles. */
  private enum Profile {
    partner,
    support,
    employee
  }

  @Option(
      names = "--profile",
      description =
          "partner: a partner's user (urn:acme:partner-token). employee: a user of the tenant by"
              + " id, auth0|sam (urn:acme:employee-token). support: the user that an employee is"
              + " to act for, auth0|jane (urn:acme:support-session). Default: partner.",
      defaultValue = "partner")
  private Profile profile = Profile.partner;

  @Option(names = "--subject", paramLabel = "SUB", description = "Another sub.")
  private @Nullable String subject;

  @Option(
      names = "--email",
      paramLabel = "ADDRESS",
      description = "The partner user's address; default: ${DEFAULT-VALUE}.",
      defaultValue = "alex@partner.acme.example")
  private String email = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The partner user's name; default: ${DEFAULT-VALUE}.",
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
    Duration life = Duration.ofMinutes(minutes);
    SampleToken token =
        switch (profile) {
          case partner ->
              new SampleToken(Signer.PARTNER, subjectOr("partner-4711"), email, name, life);
          case support ->
              new SampleToken(
                  Signer.PARTNER, subjectOr("auth0|jane"), "jane@acme.example", "Jane Doe", life);
          case employee ->
              new SampleToken(
                  Signer.EMPLOYER, subjectOr("auth0|sam"), "sam@acme.example", "Sam Support", life);
        };
    System.out.println(token.signed(Clock.systemUTC()));
    return 0;
  }

  private String subjectOr(String usual) {
    return subject == null ? usual : subject;
  }
}
