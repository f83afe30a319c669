"""Twilio's OpenAPI documents against the sandbox: schemathesis makes requests, our hooks give them resources
that exist, and each answer is held against the document.

SANDBOX_READY: the sandbox's ready line. OPENAPI: the folder of documents. REQUESTS: how many, over all
operations. SEED: of the generation.
"""

import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness import check, finish  # noqa: E402
from resources import LINE_TYPE_OVERRIDE, collection, fill, ready, session, template_body  # noqa: E402
from values import form, value  # noqa: E402

DOCUMENTS = [
    ("conversations", "conversations_v1.json", ""),
    ("content", "content_v1.json", ""),
    ("api", "api_v2010.json", r"/Messages(/|\.json)"),
    ("messaging", "messaging_v1.json", r"^/v1/Services"),
    ("lookups", "lookups_v2.json", ""),
]
CHECKS = (not_a_server_error, response_schema_conformance, content_type_conformance)
EXCEPTIONS = json.loads((Path(__file__).parent / "exceptions.json").read_text())
REQUESTS = int(os.environ.get("REQUESTS", "5000"))
SEED = int(os.environ.get("SEED", "1"))
ONLY = os.environ.get("ONLY", "")

chance = random.Random(SEED)
answers = defaultdict(Counter)
problems = defaultdict(Counter)


def excepted(operation, text):
    """Whether a difference is listed, with its reason."""
    return any(
        re.search(each["operation"], operation) and re.search(each["difference"], text) for each in EXCEPTIONS
    )


def prepare(product, operation, case):
    """Gives a generated request resources that exist and, mostly, values that mean something."""
    method, path = operation.method.upper(), operation.path
    lenient = chance.random() < 0.8
    # An override is made by POST alone and must be there for everything else.
    fresh = method == "POST" if product == "lookups" else method != "GET"
    case.path_parameters = fill(product, path, fresh)
    if case.query:
        case.query = {name: given for name, given in case.query.items() if name != "PageToken"}
        if lenient:
            kind = collection(product, path)
            for name in case.query:
                case.query[name] = value(kind, name) or case.query[name]
    if lenient and method in ("POST", "PUT") and isinstance(case.body, dict) and case.media_type != "application/json":
        case.body = form(product, path, method, case.body, creates=not path.rstrip("/").endswith("}"))
    if lenient and case.media_type == "application/json":
        case.body = json_body(path, case.body)


def json_body(path, generated):
    """JSON bodies are few; each has a form of its own."""
    if path.endswith("/whatsapp"):
        return {"name": f"greeting_{chance.randrange(10**9)}", "category": "UTILITY"}
    if "/Content" in path:
        return template_body()
    if path.endswith("/batch/query"):
        return {"phone_numbers": [{"phone_number": "+14155552671", "fields": ["line_type_intelligence"]}]}
    if "/Overrides/" in path:
        return LINE_TYPE_OVERRIDE
    if "/RateLimits/" in path:
        return {"limit": 10, "ttl": 60}
    return generated


def error_shape(answer):
    """What is wrong with an error; the documents do not describe it, Twilio's clients need it."""
    try:
        error = answer.json()
    except ValueError:
        return f"an error that is not JSON: {answer.text[:200]}"
    holds = (
        isinstance(error, dict)
        and error.get("status") == answer.status_code
        and isinstance(error.get("code"), int)
        and isinstance(error.get("message"), str)
        and error["message"] != ""
        and str(error.get("more_info", "")).startswith("https://www.twilio.com/docs/errors/")
    )
    return None if holds else f"an error of another shape: {answer.text[:200]}"


def judge(label, case, answer):
    """Holds an answer against the document."""
    answers[label][answer.status_code] += 1
    if answer.status_code >= 400:
        wrong = error_shape(answer)
        if wrong and not excepted(label, wrong):
            problems[label][wrong] += 1
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            text = " ".join(str(failure).split())[:600]
            if not excepted(label, text):
                problems[label][text] += 1


def exercise(product, operation, budget):
    """Sends up to `budget` requests to one operation; how many it was."""
    label = f"{operation.method.upper()} {operation.path}"
    sent = 0

    @with_seed(SEED + sent)
    @settings(
        max_examples=budget,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case):
        nonlocal sent
        if sent >= budget:
            return
        sent += 1
        prepare(product, operation, case)
        answer = case.call(base_url=f"{ready['sandbox']}/{product}", session=session)
        judge(label, case, answer)

    while sent < budget:
        before = sent
        one()
        if sent == before:
            break
    return sent


def operations():
    for product, name, within in DOCUMENTS:
        schema = schemathesis.openapi.from_path(Path(os.environ["OPENAPI"]) / name)
        for found in schema.get_all_operations():
            operation = found.ok()
            label = f"{operation.method.upper()} {operation.path}"
            if re.search(within, operation.path) and ONLY in label:
                yield product, operation, label


everything = list(operations())
budget = max(1, -(-REQUESTS // len(everything)))
for product, operation, label in everything:
    try:
        exercise(product, operation, budget)
    except Exception as error:  # a preparation that the sandbox refused
        problems[label][f"cannot be exercised: {str(error)[:300]}"] += 1

print(f"{'2xx':>6} {'4xx':>6} {'5xx':>6}  operation")
for _, _, label in everything:
    by = Counter()
    for status, count in answers[label].items():
        by[status // 100] += count
    print(f"{by[2] + by[3]:>6} {by[4]:>6} {by[5]:>6}  {label}")
    check(f"{label} is answered with a 2xx or its redirect at least once", by[2] + by[3] > 0, dict(answers[label]))
    check(f"{label} fits its document", not problems[label], problems[label].most_common(6))

total = sum(sum(each.values()) for each in answers.values())
good = sum(count for each in answers.values() for status, count in each.items() if status < 400)
print(f"{total} requests, {good} of them 2xx ({100 * good // max(total, 1)} %), {len(everything)} operations")
check("at least half of the requests are 2xx", good * 2 >= total, (good, total))
check("as many requests as asked", ONLY != "" or total >= REQUESTS, total)
finish()
