/** An engine can't be set up here; the message says what is missing or wrong, and what to do about it. */
export class SetupError extends Error {}
