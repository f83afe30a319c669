"""A verifier of the audit log, written from docs/audit.md alone. Standard library only.

    audit.py LOG [CHECKPOINTS [PERSON]]

LOG is what `audit export` prints, CHECKPOINTS the file of `audit.checkpoints`, PERSON an export with --address.
Prints what is wrong and exits with 1, or says how much is in order.
"""

import hashlib
import json
import sys

# Ed25519, RFC 8032 section 5.1, slow and short.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def add(one, other):
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P)
    return x % P, y % P


def multiply(point, times):
    result = (0, 1)
    while times:
        if times & 1:
            result = add(result, point)
        point = add(point, point)
        times >>= 1
    return result


def point(encoded):
    number = int.from_bytes(encoded, "little")
    y = number & (2**255 - 1)
    x = recover_x(y, number >> 255) if y < P else None
    return None if x is None else (x, y)


def is_signed(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r = point(public_key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(challenge, "little") % ORDER
    return multiply(BASE, s) == add(r, multiply(key, h))


def canonical(value):
    """RFC 8785 for texts and objects with ASCII names, which is all that a record has."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(row, previous):
    number = row["sequence"].to_bytes(8, "big")
    return hashlib.sha256(b"si.channel.audit.v1" + number + previous + canonical(row["record"])).digest()


def wrong_openings(row):
    record, openings = row["record"], row["openings"]
    committed = dict(record["inputs"])
    if "subject" in record:
        committed["subject"] = record["subject"]
    if openings is None:
        return False
    if openings.keys() != committed.keys():
        return True
    digest = lambda o: hashlib.sha256(bytes.fromhex(o["salt"]) + o["value"].encode()).hexdigest()
    return any(digest(opening) != committed[name] for name, opening in openings.items())


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def verify(log, checkpoints, person):
    hashes, previous = {}, bytes(32)
    for expected, row in enumerate(log, 1):
        if row["sequence"] != expected:
            return f"record {expected} is not where it should be"
        if row["previous"] != previous.hex() or row["hash"] != link(row, previous).hex():
            return f"record {expected} does not follow the one before it"
        if wrong_openings(row):
            return f"record {expected} is not opened by what stands beside it"
        previous = hashes[expected] = bytes.fromhex(row["hash"])
    for c in checkpoints:
        lines = [c["account"], str(c["number"]), str(c["record"]), c["hash"], c["at"]]
        statement = "".join(line + "\n" for line in ["si.channel.audit.checkpoint.v1", *lines]).encode()
        if not is_signed(bytes.fromhex(c["public_key"]), statement, bytes.fromhex(c["signature"])):
            return f"checkpoint {c['number']} is not signed by its key"
        if c["record"] not in hashes or hashes[c["record"]].hex() != c["hash"]:
            return f"checkpoint {c['number']} signed another record {c['record']} than the log has"
    for row in person:
        if row["openings"] is None or wrong_openings(row):
            return f"record {row['sequence']} of the person is not opened"
        if hashes.get(row["sequence"]) != bytes.fromhex(row["hash"]) or log[row["sequence"] - 1]["record"] != row["record"]:
            return f"record {row['sequence']} of the person is not in the log"
    return None


def main():
    paths = sys.argv[1:]
    log, checkpoints, person = (rows(paths[at]) if at < len(paths) else [] for at in range(3))
    wrong = verify(log, checkpoints, person)
    if wrong:
        print("wrong:", wrong)
        return 1
    print(f"{len(log)} records, {len(checkpoints)} checkpoints and {len(person)} opened records are in order")
    return 0


sys.exit(main())
