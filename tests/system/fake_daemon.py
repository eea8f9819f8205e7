#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""A daemon that answers as it is told, for trying out what kedjactl makes of it.

fake_daemon.py SOCKET ANSWERS LOG

ANSWERS is a JSON file: a method and a list of what to answer, one after the other, the last one
again and again. An answer is one of

  {"result": ...}      {"error": {"code": ..., "message": ..., "data": {...}}}
  {"raw": "text"}      these bytes instead of an answer, then the connection is closed
  {"before": [...], "result": ...}   lines that go out first
  {"huge": N}          a result of N bytes
  {"close": true}      nothing, and the connection is closed

Methods that are not in the file: event.record remembers sources, event.check refuses events
with a field "bad", clock.set and clock.show are a virtual clock. Requests are written to LOG.
"""
import json
import os
import socket
import sys

path, answers_path, log_path = sys.argv[1:]
with open(answers_path, encoding="utf-8") as file:
    answers = json.load(file)
log = open(log_path, "a", encoding="utf-8")
state = {"now": "2006-05-01T08:00:00+02:00", "sources": {}, "id": 0, "asked": {}}


def events_of(params):
    if isinstance(params, dict) and "events" in params:
        return params["events"], True
    return [params], False


def record(params):
    events, many = events_of(params)
    rows = []
    for event in events:
        source = event.get("source")
        known = source is not None and source in state["sources"]
        if not known:
            state["id"] += 1
            state["sources"][source] = state["id"]
        rows.append({"id": state["sources"][source], "known": known})
    return {"result": rows if many else rows[0]}


def check(params):
    problems = [
        {"event": i, "field": "bad", "text": "must not be"}
        for i, event in enumerate(events_of(params)[0])
        if "bad" in event.get("data", {})
    ]
    if not problems:
        return {"result": {"ok": True}}
    return {"error": {"code": 1, "message": "refused", "data": {"problems": problems}}}


def set_clock(params):
    state["now"] = params["time"] + "+02:00"
    return {"result": {"now": state["now"], "letters": 1, "notices": 2}}


def show_clock(_params):
    return {"result": {"now": state["now"], "virtual": True, "zone": "Europe/Stockholm"}}


def list_kinds(_params):
    """One kind, of which nothing is known but its name."""
    return {"result": {"rows": [{"name": "k", "subject": "case", "key": "none", "fields": []}], "next": None}}


OWN = {"kind.list": list_kinds, "event.record": record, "event.check": check, "clock.set": set_clock, "clock.show": show_clock}


def choose(method, params):
    if method in answers:
        turn = state["asked"].get(method, 0)
        state["asked"][method] = turn + 1
        return answers[method][min(turn, len(answers[method]) - 1)]
    if method in OWN:
        return OWN[method](params)
    return {"error": {"code": -32601, "message": f"no method {method}"}}


def answer(peer, line):
    request = json.loads(line)
    log.write(json.dumps(request, ensure_ascii=False) + "\n")
    log.flush()
    chosen = choose(request["method"], request.get("params"))
    if "raw" in chosen:
        peer.sendall(chosen["raw"].encode("utf-8", "surrogateescape"))
    if "raw" in chosen or "close" in chosen:
        return False
    for extra in chosen.get("before", []):
        peer.sendall((json.dumps(extra) + "\n").encode())
    if "huge" in chosen:
        chosen = {"result": {"rows": [{"case": "x" * chosen["huge"]}], "next": None}}
    body = {key: chosen[key] for key in ("result", "error") if key in chosen}
    text = json.dumps({"jsonrpc": "2.0", "id": request["id"], **body}, ensure_ascii=False) + "\n"
    data = text.encode()
    # In two pieces, as a busy daemon's answers come.
    peer.sendall(data[: len(data) // 2])
    peer.sendall(data[len(data) // 2 :])
    return True


def serve(peer):
    with peer, peer.makefile("rb") as lines:
        for line in lines:
            try:
                if not answer(peer, line):
                    return
            except BrokenPipeError:
                return


server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(path + ".new")
server.listen(8)
os.rename(path + ".new", path)
while True:
    serve(server.accept()[0])
