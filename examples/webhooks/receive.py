"""Receive webhooks from certflow on this machine and print them. Standard library only.

As a program: receive.py PORT. With CERTFLOW_WEBHOOK_SECRET=whsec_... it verifies them and refuses what does not verify.
"""

import http.server
import os
import sys

from verify import NotVerified, verify_standard


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        secret = os.environ.get("CERTFLOW_WEBHOOK_SECRET")
        try:
            if secret:
                verify_standard(self.headers, body, secret)
        except NotVerified as refused:
            self.send_response(400)
            self.end_headers()
            print("not verified:", refused, flush=True)
            return
        self.send_response(204)
        self.end_headers()
        print(body.decode(), flush=True)

    def log_message(self, *_):
        pass  # what matters is printed


if __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
