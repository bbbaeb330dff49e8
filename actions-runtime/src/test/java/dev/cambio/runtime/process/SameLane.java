package dev.cambio.runtime.process;

/** A run that goes on where it was, whenever it wants to. */
class SameLane implements GuestProcess.RunListener {
  @Override
  public void realms(int opened, int ended, boolean there) {}

  @Override
  public void waits(long mayHold) {}

  @Override
  public int goesOn(long deadline) {
    return 0;
  }

  @Override
  public void overdue(boolean starved) {}
}
