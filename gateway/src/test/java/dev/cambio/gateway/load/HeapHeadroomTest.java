package dev.cambio.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.load.HeapHeadroom.Reading;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HeapHeadroomTest {
  private static final int WATERMARK = 85;

  private Reading reading = new Reading(0, 0, 0, 100);
  private int asked;
  private final HeapHeadroom headroom = new HeapHeadroom(WATERMARK, () -> reading, () -> asked++);

  @AfterEach
  void close() {
    headroom.close();
  }

  private boolean isShortAfter(long collections, long kept, long used) {
    reading = new Reading(collections, kept, used, 100);
    headroom.look();
    return headroom.isShort();
  }

  @Test
  @DisplayName("garbage that waits for a collection is no shortage")
  void garbage() {
    assertThat(isShortAfter(1, 40, 99)).isFalse();
    assertThat(asked).isZero();
  }

  @Test
  @DisplayName("what a collection leaves at the watermark is, and it ends only clearly below")
  void hysteresis() {
    assertThat(isShortAfter(1, WATERMARK - 1, 90)).isFalse();
    assertThat(isShortAfter(2, WATERMARK, 90)).isTrue();
    assertThat(isShortAfter(3, WATERMARK - HeapHeadroom.RELIEF, 90)).isTrue();
    assertThat(isShortAfter(4, WATERMARK - HeapHeadroom.RELIEF - 1, 90)).isFalse();
  }

  @Test
  @DisplayName("where nothing collects any more, it has one made, and again after a while")
  void recoversAlone() {
    isShortAfter(1, 90, 95);
    for (int i = 1; i < HeapHeadroom.PATIENCE; i++) {
      isShortAfter(1, 90, 95);
    }
    assertThat(asked).isZero();
    isShortAfter(1, 90, 95);
    assertThat(asked).isEqualTo(1);

    assertThat(isShortAfter(2, 80, 80)).isTrue();
    for (int i = 0; i < HeapHeadroom.PATIENCE; i++) {
      isShortAfter(2, 80, 80);
    }
    assertThat(asked).isEqualTo(2);

    assertThat(isShortAfter(3, 30, 30)).isFalse();
  }

  @Test
  @DisplayName("less in use than would be room is room, also without a collection")
  void usedLess() {
    isShortAfter(1, 90, 95);

    assertThat(isShortAfter(1, 90, 50)).isFalse();
  }

  @Test
  @DisplayName("this process has an old generation that can be read")
  void thisProcess() {
    try (HeapHeadroom watched = HeapHeadroom.watch(99)) {
      watched.look();
      assertThat(watched.isShort()).isFalse();
      assertThat(watched.percent()).isBetween(0, 98);
    }
  }
}
