"""A web server that finishes what it has begun before it goes."""

import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    # A connection on which nothing is asked may hold a stop for this long, in seconds.
    timeout = 1.5

    def do_GET(self):
        body = b"hello\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()


class Server(ThreadingHTTPServer):
    # The end waits for the threads that answer.
    daemon_threads = False


with Server(("", 8080), Handler) as server:
    # shutdown() waits for the loop below, so it must not be called in its thread, where signals arrive.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("listening on 8080", flush=True)
    server.serve_forever(poll_interval=0.1)
print("all answered", flush=True)
