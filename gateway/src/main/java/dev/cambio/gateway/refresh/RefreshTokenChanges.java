package dev.cambio.gateway.refresh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.OAuthException.LoginDenied;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.DeleteRefreshTokenMetadata;
import dev.cambio.model.action.ActionCommand.EvictRefreshTokenMetadata;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenExpiresAt;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenIdleExpiresAt;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What post-login Actions want of the refresh token that is issued or exchanged (contract
 * actions-runtime §7.1 {@code api.refreshToken}).
 *
 * @param commands those of {@code api.refreshToken}, in call order
 */
public record RefreshTokenChanges(List<ActionCommand> commands) {
  /** None at all. */
  public static final RefreshTokenChanges NONE = new RefreshTokenChanges(List.of());

  private static final int MAX_ENTRIES = 25;
  private static final int MAX_LENGTH = 255;
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1," + MAX_LENGTH + "}");

  public RefreshTokenChanges {
    commands = List.copyOf(commands);
  }

  /** The earliest end that was asked for. */
  Optional<Instant> expiresAt() {
    return earliest(
        command ->
            command instanceof SetRefreshTokenExpiresAt(long at)
                ? Optional.of(at)
                : Optional.empty());
  }

  /** The earliest end for want of use that was asked for. */
  Optional<Instant> idleExpiresAt() {
    return earliest(
        command ->
            command instanceof SetRefreshTokenIdleExpiresAt(long at)
                ? Optional.of(at)
                : Optional.empty());
  }

  private Optional<Instant> earliest(Function<ActionCommand, Optional<Long>> time) {
    return commands.stream()
        .flatMap(command -> time.apply(command).stream())
        .min(Comparator.naturalOrder())
        .map(Instant::ofEpochMilli);
  }

  /**
   * The metadata after the changes.
   *
   * @throws LoginDenied if it would not be valid, as only an Action that forges commands gets it
   */
  SortedMap<String, String> metadata(SortedMap<String, String> before) {
    SortedMap<String, String> after = new TreeMap<>(before);
    for (ActionCommand command : commands) {
      switch (command) {
        case SetRefreshTokenMetadata(String key, JsonNode value) -> set(after, key, value);
        case DeleteRefreshTokenMetadata(String key) -> after.remove(key);
        case EvictRefreshTokenMetadata() -> after.clear();
        default -> {} // the other commands are about times
      }
    }
    if (after.size() > MAX_ENTRIES) {
      throw invalid("A refresh token has at most " + MAX_ENTRIES + " metadata entries");
    }
    return after;
  }

  private static void set(SortedMap<String, String> metadata, String key, JsonNode value) {
    if (!KEY.matcher(key).matches()) {
      throw invalid("Metadata keys may only include letters, numbers, underscores, or hyphens");
    }
    if (value.isNull()) {
      metadata.remove(key);
    } else if (value.isTextual() && isStorable(value.textValue())) {
      metadata.put(key, value.textValue());
    } else {
      throw invalid("Metadata values must be strings of at most " + MAX_LENGTH + " characters");
    }
  }

  private static boolean isStorable(String value) {
    return value.length() <= MAX_LENGTH && StorableText.is(value);
  }

  private static LoginDenied invalid(String problem) {
    return new LoginDenied("Failed to set refresh token metadata: Invalid metadata: " + problem);
  }
}
