package dev.cambio.runtime.process;

/** The one run of a process that nobody else uses: where it hangs, the process ends with it. */
record OnlyLane(GuestProcess process) implements GuestProcess.RunListener {
  @Override
  public void realms(int opened, int ended, boolean there) {}

  @Override
  public void waits(long mayHold) {}

  @Override
  public int goesOn(long deadline) {
    return 0;
  }

  @Override
  public void overdue(boolean starved) {
    process.end(GuestEnd.HUNG);
  }
}
