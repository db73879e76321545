/** What a question may weigh, as the agent wrote it. */
export const MAX_QUESTION_BYTES = 8 * 1024 * 1024;

/**
 * Runs inside the container, on loopback: turns each POST into a line on its standard output, and the lines that come
 * back into the answer, part by part. It knows no address, no key and no dialect.
 */
export const RELAY_PROGRAM = `
import base64, json, queue, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANDED_ON = ("accept", "anthropic-beta", "openai-beta")
lock = threading.Lock()
waiting = {}
count = 0

def say(message):
    with lock:
        sys.stdout.write(json.dumps(message) + "\\n")
        sys.stdout.flush()

class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def do_POST(self):
        global count
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= ${MAX_QUESTION_BYTES}):
            self.close_connection = True
            return self.send_error(413)
        body = self.rfile.read(int(length))
        answers = queue.Queue()
        with lock:
            count += 1
            mine = count
            waiting[mine] = answers
        try:
            headers = {name: self.headers[name][:1000] for name in HANDED_ON if name in self.headers}
            path = self.path[:1000]
            say({"id": mine, "path": path, "headers": headers, "body": base64.b64encode(body).decode()})
            head = answers.get()
            if head.get("isCut"):
                self.close_connection = True
                return
            self.send_response(head["status"])
            self.send_header("content-type", head["type"])
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            while True:
                part = answers.get()
                if part.get("isCut"):
                    self.close_connection = True
                    return
                data = base64.b64decode(part["data"])
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(data), data))
                self.wfile.flush()
                if not data:
                    return
        except OSError:
            self.close_connection = True
        finally:
            waiting.pop(mine, None)

server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
say({"port": server.server_port})
for line in sys.stdin:
    answer = json.loads(line)
    found = waiting.get(answer["id"])
    if found is not None:
        found.put(answer)
`;
