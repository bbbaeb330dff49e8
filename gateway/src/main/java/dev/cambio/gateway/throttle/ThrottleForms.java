package dev.cambio.gateway.throttle;

import dev.cambio.model.cluster.RecordForm;
import java.util.List;

/** How what is counted goes from node to node. Numbers from 100 on are this package's. */
public final class ThrottleForms {
  public static final List<RecordForm<?>> ALL =
      List.of(
          RecordForm.of(TokenBucket.class, 100, 1),
          RecordForm.of(TokenBucket.Take.class, 101, 1),
          RecordForm.of(RateBucket.class, 102, 1),
          RecordForm.of(RateBucket.Spend.class, 103, 1),
          RecordForm.of(RateBucket.Outcome.class, 104, 1),
          RecordForm.of(TokenBucket.Outcome.class, 105, 1),
          RecordForm.of(TokenBucket.HandIn.class, 106, 1));

  private ThrottleForms() {}
}
