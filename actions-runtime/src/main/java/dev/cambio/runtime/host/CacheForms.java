package dev.cambio.runtime.host;

import dev.cambio.model.cluster.RecordForm;
import java.util.List;

/** How {@code api.cache} goes from node to node. Numbers from 200 on are this package's. */
public final class CacheForms {
  public static final List<RecordForm<?>> ALL =
      List.of(
          RecordForm.of(CacheBucket.class, 200, 1),
          RecordForm.of(CacheBucket.Put.class, 201, 1),
          RecordForm.of(CacheBucket.Remove.class, 202, 1));

  private CacheForms() {}
}
