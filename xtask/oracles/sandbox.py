"""PyPI twilio pointed at the sandbox, and a place on this machine for its webhooks."""

import json
import os
import re
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from harness import check

# The sandbox's ready line: `sandbox`, `account_sid`, `auth_token`, `sms_number`, `whatsapp_number`.
ready = json.loads(os.environ["SANDBOX_READY"])


class SandboxClient(TwilioHttpClient):
    """`https://PRODUCT.twilio.com/PATH` becomes `SANDBOX/PRODUCT/PATH`; the sandbox's own URLs stay."""

    def __init__(self, webhooks=False):
        super().__init__()
        # Whether writes ask for webhooks.
        self.webhooks = webhooks
        # (method, `/PRODUCT/PATH`) of every request that was answered with a 2xx.
        self.answered = []

    def request(self, method, url, **options):
        url = re.sub(r"^https://([a-z]+)\.twilio\.com(?::443)?/", rf"{ready['sandbox']}/\1/", url)
        if not url.startswith(ready["sandbox"]):
            raise ValueError(f"{url} would leave this machine")
        if self.webhooks and method.upper() != "GET":
            options["headers"] = {**(options.get("headers") or {}), "X-Twilio-Webhook-Enabled": "true"}
        answer = super().request(method, url, **options)
        if 200 <= answer.status_code < 300:
            self.answered.append((method.upper(), url.removeprefix(ready["sandbox"]).split("?")[0]))
        return answer


def client(token=ready["auth_token"], http=None):
    """A client with the sandbox's account, or with another token."""
    return Client(ready["account_sid"], token, http_client=http or SandboxClient())


def control(method, path, body=None):
    """One of the sandbox's own controls."""
    request = urllib.request.Request(
        f"{ready['sandbox']}/sandbox/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read() or b"null")


def text(sender, to, body):
    """Texts as a phone."""
    return control("POST", f"handsets/{quote(sender, safe='')}/messages", {"to": to, "body": body})


def received(address):
    """What a phone received, oldest first."""
    messages = control("GET", f"handsets/{quote(address, safe='')}/messages")["messages"]
    return [message for message in messages if message["direction"] == "received"]


def eventually(ask):
    """Asks until the answer is true; None after five seconds."""
    for _ in range(100):
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    return None


def refused(name, call, status, codes, message=""):
    """An error of the SDK with this status and one of these codes."""
    try:
        call()
        check(name, False, "it was accepted")
    except TwilioRestException as error:
        holds = error.status == status and error.code in codes and message in error.msg
        check(name, holds, {"found": (error.status, error.code, error.msg), "wanted": (status, codes, message)})


class Listener:
    """A small server that keeps each webhook with what the official validator says of it."""

    def __init__(self):
        self.deliveries = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                params = dict(parse_qsl(body, keep_blank_values=True))
                signature = self.headers.get("x-twilio-signature", "")
                url = listener.url + self.path
                listener.deliveries.append(
                    {
                        "path": self.path,
                        "params": params,
                        "event": params.get("EventType") or params.get("MessageStatus") or "message",
                        "genuine": RequestValidator(ready["auth_token"]).validate(url, params, signature)
                        and not RequestValidator("another").validate(url, params, signature),
                    }
                )
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, path, event, **params):
        """Waits for a delivery to a path, of an event, that has these parameters."""

        def find():
            for delivery in list(self.deliveries):
                same = all(delivery["params"].get(name) == value for name, value in params.items())
                if delivery["path"].startswith(path) and delivery["event"] == event and same:
                    return delivery
            return None

        return eventually(find)

    def close(self):
        self._server.shutdown()
