"""Asks Django 5.2 what it says of many requests, and writes the answers to csrf.json.

Run it with Django 5.2 installed: `python csrf.py > csrf.json`.
"""
import itertools
import json
import logging

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["good.example", "www.good.example", "testserver"],
    CSRF_FAILURE_VIEW="__main__.failure",
    SECRET_KEY="x",
)

import django  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import CsrfViewMiddleware  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

django.setup()
logging.disable(logging.CRITICAL)

SECRET = "lcccccccX2kcccccccY2jcccccccssIC"
OTHER = "1bcdefghij2bcdefghij3bcdefghij4b"


def failure(request, reason=""):
    return HttpResponse(reason, status=403)


def ask(case):
    factory = RequestFactory()
    headers = {"SERVER_NAME": "good.example", "HTTP_HOST": case["host"]}
    for name in ("origin", "referer"):
        if case.get(name) is not None:
            headers["HTTP_" + name.upper()] = case[name]
    if case.get("header") is not None:
        headers["HTTP_X_CSRFTOKEN"] = case["header"]
    data = {} if case.get("form") is None else {"csrfmiddlewaretoken": case["form"]}
    if case["method"] == "POST":
        request = factory.post("/", data, secure=case["https"], **headers)
    else:
        request = factory.generic(case["method"], "/", secure=case["https"], **headers)
    if case.get("cookie") is not None:
        request.COOKIES["csrftoken"] = case["cookie"]
    with override_settings(
        CSRF_TRUSTED_ORIGINS=case.get("trusted", []),
        CSRF_COOKIE_DOMAIN=case.get("cookie_domain"),
    ):
        middleware = CsrfViewMiddleware(lambda request: HttpResponse())
        middleware.process_request(request)
        refused = middleware.process_view(request, lambda request: None, (), {})
    return None if refused is None else refused.content.decode()


from django.middleware.csrf import _mask_cipher_secret  # noqa: E402

TOKEN = _mask_cipher_secret(SECRET)
WRONG = _mask_cipher_secret(OTHER)
TEXTS = [None, SECRET, TOKEN, OTHER, WRONG, "", "short", "!" * 32, "a" * 64, "é" * 32]

cases = []


def add(**case):
    case = {"method": "POST", "https": False, "host": "good.example"} | case
    cases.append({k: v for k, v in case.items() if v is not None})


for cookie, form in itertools.product(TEXTS, TEXTS):
    add(cookie=cookie, form=form)
for form, header in itertools.product([None, "", SECRET, WRONG, "short"], TEXTS[:-1]):
    add(cookie=SECRET, form=form, header=header)
for method, header in itertools.product(
    ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "QUERY"], [None, TOKEN, WRONG]
):
    add(method=method, cookie=SECRET, header=header)

ORIGINS = [
    None, "null", "http://good.example", "https://good.example", "http://good.example:80",
    "https://good.example:4443", "http://evil.example", "https://www.good.example",
    "https://sub.trusted.example", "http://sub.trusted.example", "https://trusted.example",
    "https://a.b.trusted.example", "https://eviltrusted.example", "https://[", "", "https://",
    "https://sub.trusted.example:8443", "HTTPS://good.example",
]
TRUSTED = [None, ["https://*.trusted.example"], ["https://trusted.example", "http://good.example:80"]]
for origin, trusted, https in itertools.product(ORIGINS, TRUSTED, [False, True]):
    add(origin=origin, trusted=trusted, https=https, cookie=SECRET, form=TOKEN,
        referer="https://good.example/page" if https else None)

REFERERS = [
    None, "", "malformed", "https://good.example", "https://good.example/a?b=c#d",
    "http://good.example/", "https://good.example:4443/", "https://www.good.example/",
    "https://evil.example/", "https://sub.trusted.example/x", "https://trusted.example/",
    "https://eviltrusted.example/", "https://[", "https:///path", "//good.example/", "HTTPS://good.example/",
    "https://evil.example/good.example", "ctp://good.example/", "https://good.example@evil.example/",
]
HOSTS = ["good.example", "good.example:4443", "bad.host.example", "no host"]
for referer, trusted, host in itertools.product(REFERERS, TRUSTED, HOSTS[:3]):
    add(referer=referer, trusted=trusted, host=host, https=True, cookie=SECRET, form=TOKEN)
for referer, domain in itertools.product(REFERERS, ["good.example", ".good.example", ".evil.example"]):
    add(referer=referer, cookie_domain=domain, https=True, cookie=SECRET, form=TOKEN)

seen = set()
lines = []
for case in cases:
    key = json.dumps(case, sort_keys=True)
    if key not in seen:
        seen.add(key)
        lines.append(json.dumps(case | {"reason": ask(case)}, ensure_ascii=False))
print("[\n" + ",\n".join(lines) + "\n]")
