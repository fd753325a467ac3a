// Takes orders at POST /, gives them back at GET /. KEEP: disk (written before it is acknowledged), memory (lost with the
// process), twice and in-hand (the last three, or the last one, written again after a start, as by a worker that does not
// remember what it has done).
const fs = require("node:fs");
const http = require("node:http");

const FILE = "/data/orders";
const keep = process.env.KEEP;
const orders = fs.existsSync(FILE) ? fs.readFileSync(FILE, "utf8").split("\n").filter(Boolean) : [];
const again = { twice: 3, "in-hand": 1 }[keep] ?? 0;
for (const order of orders.slice(orders.length - again)) append(order);

const server = http.createServer((request, response) => {
  if (request.method === "GET") return response.end(orders.join("\n"));
  let text = "";
  request.on("data", (piece) => (text += piece));
  request.on("end", () => {
    append(text);
    response.end("taken\n");
  });
});
server.listen(8080);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

function append(order) {
  orders.push(order);
  if (keep === "memory") return;
  const file = fs.openSync(FILE, "a");
  fs.writeSync(file, `${order}\n`);
  fs.fsyncSync(file);
  fs.closeSync(file);
}
