import hooks from "node:async_hooks";

// Loaded before node:test, which follows every promise and handle of the process by an async hook. That takes a quarter of the time of our
// tests, and serves two things: a test inside `describe` finds its suite, and an uncaught error is given to its test. Here the hook is
// told of tests alone, which is enough for the first; an uncaught error fails the process, and the reporter prints it.
const { createHook, AsyncResource } = hooks;
let track;
hooks.createHook = ({ init }) => {
  track = init;
  return { enable() {}, disable() {} };
};
hooks.AsyncResource = class extends AsyncResource {
  constructor(type, options) {
    super(type, options);
    track?.(this.asyncId(), type, this.triggerAsyncId(), this);
  }
};
await import("node:test");
Object.assign(hooks, { createHook, AsyncResource });
