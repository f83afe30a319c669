"""PyPI twilio against our signatures. REQUESTS: generated requests; SIGNATURES_COMMAND: ours as a program."""

import json
import os

from twilio.request_validator import RequestValidator

from harness import answers, check, finish


class Form:
    """Parameters as Django's QueryDict gives them; the validator asks for every value of a name."""

    def __init__(self, params):
        self._params = params

    def __iter__(self):
        return iter({name for name, _ in self._params})

    def __len__(self):
        return len(self._params)

    def getlist(self, name):
        return [value for other, value in self._params if other == name]


def hashed(url, body):
    """The URL as Twilio calls it when the body is JSON."""
    if body is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}bodySHA256={RequestValidator('').compute_hash(body)}"


def accepted(request, signature):
    body = request.get("body")
    params = Form(request["params"]) if body is None else body
    return RequestValidator(request["token"]).validate(request["url"], params, signature)


def prepare(request):
    body = request.get("body")
    content = {"params": request["params"]} if body is None else {"body": body}
    seen = {"token": request["token"], "url": hashed(request["url"], body), **content}
    signed = {**seen, "url": hashed(request["signed_url"], body)}
    params = Form(request["params"]) if body is None else {}
    signature = RequestValidator(request["token"]).compute_signature(signed["url"], params)
    at = request["signature_at"]
    other = signature[:at] + ("B" if signature[at] == "A" else "A") + signature[at + 1 :]
    token = ("1" if seen["token"][0] == "0" else "0") + seen["token"][1:]
    tampered = [
        {**seen, **changed, "url": hashed(changed["url"], body), "signature": signature}
        for changed in request["tampered"]
    ]
    tampered.append({**seen, "what": "signature", "signature": other})
    tampered.append({**seen, "what": "token", "token": token, "signature": signature})
    return request["name"], seen, signed, signature, tampered


with open(os.environ["REQUESTS"], encoding="utf-8") as lines:
    requests = [json.loads(line) for line in lines]
cases = [prepare(request) for request in requests if request["python"]]

# One run of ours: each case as it is seen, as it is signed, then everything tampered with.
asked = []
for _, seen, signed, signature, tampered in cases:
    asked += [{**seen, "signature": signature}, {**signed, "signature": signature}, *tampered]
told = iter(answers(json.loads(os.environ["SIGNATURES_COMMAND"]), asked))

for name, seen, signed, signature, tampered in cases:
    faults = []
    if not accepted(seen, signature):
        faults.append("the oracle refuses its own signature")
    if not next(told)["valid"]:
        faults.append("ours refuses the oracle's signature")
    own = next(told)
    if not own["valid"]:
        faults.append("ours refuses the oracle's signature of the URL as signed")
    if own["signature"] != signature:
        faults.append(f"ours signs {own['signature']}, the oracle {signature}")
    if not accepted(seen, own["signature"]):
        faults.append("the oracle refuses our signature")
    for changed in tampered:
        if accepted(changed, changed["signature"]):
            faults.append(f"the oracle accepts a changed {changed['what']}")
        if not next(told)["valid"]:
            continue
        faults.append(f"ours accepts a changed {changed['what']}: {changed}")
    check(name, not faults, {"faults": faults, "seen": seen, "signed": signed["url"]})
finish()
