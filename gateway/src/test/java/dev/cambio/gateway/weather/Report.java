package dev.cambio.gateway.weather;

import static dev.cambio.gateway.weather.Storm.text;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What one scenario showed.
 *
 * @param exchanges those of honest clients
 * @param attempts all that was sent, by dishonest ones too
 * @param twice what is good for once and was accepted twice
 */
record Report(
    String scenario,
    Promise promise,
    Storm storm,
    List<Exchange> exchanges,
    Collection<Attempt> attempts,
    List<String> twice,
    Reconciliation reconciliation,
    int stackLines) {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration GOOD_TIME = Duration.ofSeconds(1);
  private static final int SLOWER_THAN_IN_PEACE = 5;
  private static final int ENOUGH_GOOD_SECONDS = 2;

  static final String HEADER =
      """
      | scenario | requests | tried twice | failures seen with one retry | of them late | longest stall | slowest \
      | slowest refusal | time to recover | tokens without row | rows doubled | used twice | stack lines | notes |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  /** A line of the table. */
  String line() {
    return "| "
        + String.join(
            " | ",
            scenario,
            Integer.toString(exchanges.size()),
            Long.toString(triedTwice()),
            counted(failed(exchange -> true)),
            Integer.toString(lateErrors().size()),
            text(stall()),
            text(Duration.ofNanos(slowest(exchanges.stream().mapToLong(e -> e.took().toNanos())))),
            text(slowestRefusal()),
            recovery().map(Storm::text).orElse("not in the time watched"),
            Integer.toString(reconciliation.tokensWithoutRow().size()),
            Integer.toString(reconciliation.doubled().size()),
            Integer.toString(twice.size()),
            Integer.toString(stackLines),
            String.join("; ", storm.notes()))
        + " |";
  }

  /** What is wrong on any machine, however busy it is. */
  List<String> faults() {
    List<String> faults = new ArrayList<>(storm.broken());
    add(faults, "tokens without their row", reconciliation.tokensWithoutRow());
    add(faults, "rows doubled", reconciliation.doubled());
    add(faults, "refusals without their row", reconciliation.refusalsWithoutRow());
    add(faults, "single-use things used twice", twice);
    add(faults, "answers that no honest client may get", forbidden());
    if (exchanges.stream().noneMatch(Exchange::succeeded)) {
      faults.add("nobody got a token");
    }
    return faults;
  }

  /** What was promised for a machine of its own, and did not hold. */
  List<String> broken() {
    List<String> broken = new ArrayList<>(storm.late());
    if (!lateErrors().isEmpty()) {
      broken.add(
          "errors later than %s: %s"
              .formatted(text(promise.noErrorAfter()), counted(lateErrors())));
    }
    if (recovery().filter(took -> took.compareTo(promise.goodAfter()) <= 0).isEmpty()) {
      broken.add("all well only after " + recovery().map(Storm::text).orElse("the time watched"));
    }
    if (stall().compareTo(promise.stall()) > 0) {
      broken.add("nobody got a token for " + text(stall()));
    }
    return broken;
  }

  private static void add(List<String> faults, String what, List<String> found) {
    if (!found.isEmpty()) {
      faults.add("%d %s: %s".formatted(found.size(), what, found.stream().limit(5).toList()));
    }
  }

  /** Anything but a token, 503 or no answer; and 500 for the dishonest too. */
  private List<String> forbidden() {
    List<String> forbidden = new ArrayList<>();
    for (Exchange exchange : exchanges) {
      exchange.attempts().stream()
          .filter(attempt -> !attempt.succeeded() && !attempt.mayBeRepeated())
          .forEach(attempt -> forbidden.add(described(attempt)));
    }
    attempts.stream()
        .filter(attempt -> attempt.status() == 500)
        .map(this::described)
        .filter(text -> !forbidden.contains(text))
        .forEach(forbidden::add);
    return forbidden;
  }

  private String described(Attempt attempt) {
    String reason = reconciliation.reasons().getOrDefault(attempt.agent(), "no row");
    return "%s: %s (%s)".formatted(attempt.agent(), attempt.failure(), reason);
  }

  /** How many clients got 503 or no answer at first. */
  long triedTwice() {
    return exchanges.stream().filter(exchange -> exchange.attempts().size() > 1).count();
  }

  private List<Exchange> failed(Predicate<Exchange> also) {
    return exchanges.stream().filter(e -> !e.succeeded()).filter(also).toList();
  }

  private List<Exchange> lateErrors() {
    long from = storm.measuredFrom() + promise.noErrorAfter().toNanos();
    return failed(exchange -> exchange.endedAt() > from);
  }

  private static String counted(List<Exchange> failed) {
    Map<String, Long> byKind =
        failed.stream()
            .collect(Collectors.groupingBy(Exchange::failure, TreeMap::new, Collectors.counting()));
    return byKind.isEmpty()
        ? "0"
        : byKind.entrySet().stream()
            .map(kind -> kind.getValue() + " × " + kind.getKey())
            .collect(Collectors.joining(", "));
  }

  /** The longest time since it struck in which nobody got a token. */
  private Duration stall() {
    long last = exchanges.stream().mapToLong(Exchange::startedAt).max().orElse(storm.struckAt());
    long[] ends =
        LongStream.concat(
                exchanges.stream().filter(Exchange::succeeded).mapToLong(Exchange::endedAt),
                LongStream.of(storm.struckAt(), last))
            .filter(end -> end >= storm.struckAt())
            .sorted()
            .toArray();
    long longest = 0;
    for (int i = 1; i < ends.length; i++) {
      longest = Math.max(longest, ends[i] - ends[i - 1]);
    }
    return Duration.ofNanos(longest);
  }

  private static long slowest(LongStream nanos) {
    return nanos.max().orElse(0);
  }

  private Duration slowestRefusal() {
    return Duration.ofNanos(
        slowest(
            exchanges.stream()
                .flatMap(exchange -> exchange.attempts().stream())
                .filter(attempt -> !attempt.succeeded())
                .mapToLong(attempt -> attempt.endedAt() - attempt.startedAt())));
  }

  /**
   * How long it took until all who came got a token in good time, in whole seconds; nothing if that
   * was not so at the end. Good is a second, or more where even peace is slow.
   */
  private Optional<Duration> recovery() {
    Duration inPeace = percentile(50, true).multipliedBy(SLOWER_THAN_IN_PEACE);
    Duration goodTime = inPeace.compareTo(GOOD_TIME) > 0 ? inPeace : GOOD_TIME;
    long bad = -1;
    long seconds = 0;
    for (Exchange exchange : exchanges) {
      long second = Math.floorDiv(exchange.startedAt() - storm.measuredFrom(), SECOND);
      seconds = Math.max(seconds, second);
      boolean good = exchange.succeeded() && exchange.took().compareTo(goodTime) <= 0;
      if (!good) {
        bad = Math.max(bad, second);
      }
    }
    return bad + ENOUGH_GOOD_SECONDS >= seconds
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(bad + 1));
  }

  /** A percentile of the time that exchanges took which began before it struck, or after. */
  Duration percentile(int percent, boolean before) {
    long[] took =
        exchanges.stream()
            .filter(exchange -> before == exchange.startedAt() < storm.struckAt())
            .mapToLong(exchange -> exchange.took().toNanos())
            .sorted()
            .toArray();
    return Duration.ofNanos(took.length == 0 ? 0 : took[(took.length - 1) * percent / 100]);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s: faults %s, promises broken %s", scenario, faults(), broken());
  }
}
