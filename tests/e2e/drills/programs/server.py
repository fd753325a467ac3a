"""The same in Python: `drain`, `raise` or `deaf`."""

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Orders(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer(b"ok\n")

    def do_POST(self) -> None:
        self.answer(f"{len(self.rfile.read(int(self.headers['Content-Length'])))}\n".encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False  # what was begun is finished
    request_queue_size = 64


server = Server(("", 8080), Orders)
how = os.environ.get("STOP", "drain")
if how != "deaf":
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
if how == "raise":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
sys.exit(0)
