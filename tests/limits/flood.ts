import { connect, type Socket } from "node:net";

/** Opens so many connections to a port and says nothing on any of them; tells how many are open, and ends with its input. */
const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const CONCURRENCY = 100;
let begun = 0;
let open = 0;
let closed = 0;
const sockets = new Set<Socket>();

const next = (): void => {
  if (begun >= count) return;
  begun++;
  const socket = connect(port, "127.0.0.1");
  sockets.add(socket);
  let opened = false;
  socket.once("connect", () => {
    opened = true;
    open++;
    next();
  });
  socket.on("error", () => {});
  socket.resume().once("close", () => {
    sockets.delete(socket);
    if (opened) open--;
    closed++;
    if (!opened) next();
  });
};
for (let each = 0; each < CONCURRENCY; each++) next();
const telling = setInterval(() => process.stdout.write(`${JSON.stringify({ begun, open, closed })}\n`), 50);
process.stdin.resume().once("end", () => {
  clearInterval(telling);
  for (const socket of sockets) socket.destroy();
});
