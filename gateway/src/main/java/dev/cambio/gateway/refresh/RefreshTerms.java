package dev.cambio.gateway.refresh;

import dev.cambio.gateway.client.Client;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a grant means for refresh tokens. Carried out when its other tokens have been made. */
public sealed interface RefreshTerms {
  /** It has nothing to do with any. */
  RefreshTerms NONE = new None();

  /** What its Actions asked for beyond the client's settings, as warnings for the tenant log. */
  List<String> warnings(Instant now);

  /** No refresh token. */
  record None() implements RefreshTerms {
    @Override
    public List<String> warnings(Instant now) {
      return List.of();
    }
  }

  /**
   * A refresh token of a new family, if {@code offline_access} is granted in the end.
   *
   * @param proofKey thumbprint of the key that a public client proved to have
   * @param caller where the request came from
   */
  record First(
      RefreshPolicy policy, Optional<String> proofKey, Caller caller, RefreshTokenChanges changes)
      implements RefreshTerms {

    /** The terms of a client; none if it may have no refresh tokens. */
    public static RefreshTerms of(
        Client client, Optional<String> key, Caller caller, RefreshTokenChanges changes) {
      return RefreshPolicy.of(client)
          .<RefreshTerms>map(
              policy ->
                  new First(policy, key.filter(any -> !client.isConfidential()), caller, changes))
          .orElse(NONE);
    }

    @Override
    public List<String> warnings(Instant now) {
      return Ends.warnings(changes, policy.expiresAt(now), policy.idleExpiresAt(now));
    }

    Ends ends(Instant now) {
      return new Ends(
          Ends.earlier(policy.expiresAt(now), changes.expiresAt()),
          Ends.earlier(policy.idleExpiresAt(now), changes.idleExpiresAt()));
    }
  }

  /** A refresh token that was presented, and that lives on by itself or in its successor. */
  record Next(
      RefreshToken presented, RefreshPolicy policy, Caller caller, RefreshTokenChanges changes)
      implements RefreshTerms {
    @Override
    public List<String> warnings(Instant now) {
      return Ends.warnings(changes, presented.expiresAt(), policy.idleExpiresAt(now));
    }

    /** The absolute end stays, the idle one is renewed by the client's present settings. */
    Ends ends(Instant now) {
      return new Ends(
          Ends.earlier(presented.expiresAt(), changes.expiresAt()),
          Ends.earlier(policy.idleExpiresAt(now), changes.idleExpiresAt()));
    }

    /** The same for a new family that takes over, since the client rotates from now on or stops. */
    Ends endsOfSuccessor(Instant now) {
      return new Ends(
          Ends.earlier(policy.expiresAt(now), ends(now).expiresAt()), ends(now).idleExpiresAt());
    }
  }

  /**
   * Where a request comes from.
   *
   * @param ip that it counts for
   */
  record Caller(String ip, Optional<String> userAgent) {}

  /** When a family ends, and when it does unless it is exchanged; empty for never. */
  record Ends(Optional<Instant> expiresAt, Optional<Instant> idleExpiresAt) {
    static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
      return one.isPresent() && other.isPresent()
          ? Optional.of(one.get().isBefore(other.get()) ? one.get() : other.get())
          : one.or(() -> other);
    }

    static List<String> warnings(
        RefreshTokenChanges changes, Optional<Instant> end, Optional<Instant> idleEnd) {
      List<String> warnings = new ArrayList<>();
      Function<String, String> text =
          method ->
              "api.refreshToken.%s asked for a later time than the settings allow, which stands"
                  .formatted(method);
      if (isBeyond(changes.expiresAt(), end)) {
        warnings.add(text.apply("setExpiresAt"));
      }
      if (isBeyond(changes.idleExpiresAt(), idleEnd)) {
        warnings.add(text.apply("setIdleExpiresAt"));
      }
      return warnings;
    }

    private static boolean isBeyond(Optional<Instant> asked, Optional<Instant> end) {
      return asked.isPresent() && end.map(asked.get()::isAfter).orElse(false);
    }
  }
}
