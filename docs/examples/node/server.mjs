// A web server that finishes what it has begun before it goes.
import { createServer } from "node:http";

const greeting = "hello";
let stopping = false;

const server = createServer((request, response) => {
  // A client that keeps its connection open would hold the stop.
  if (stopping) response.setHeader("connection", "close");
  request.resume(); // a body that nobody reads would do so too
  request.on("end", () => response.end(`${greeting}\n`));
});

server.listen(8080, () => console.log("listening on 8080"));

process.on("SIGTERM", () => {
  stopping = true;
  server.close(() => console.log("all answered"));
});
