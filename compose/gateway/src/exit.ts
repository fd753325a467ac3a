/** Exit codes. Zero means that everything in hand was finished, and nothing else. */
export const EXIT = {
  done: 0,
  crashed: 1,
  /** EX_CONFIG of sysexits: starting again cannot help. */
  settings: 78,
  /** As `timeout(1)`: the stop took longer than SHUTDOWN_TIMEOUT. */
  forced: 124,
  /** Plus the signal's number: a second signal cut the stop short. */
  signalled: 128,
} as const;
