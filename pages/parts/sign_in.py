"""The addresses /dang-nhap, /mat-khau and /dang-xuat, which are no pages of the framework.

They set and end the session's cookie; what a session may see is decided in `access`, on every run.
"""

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import encode_provider_token

from data import accounts, audit
from data.accounts import PasswordError, SignIn, SignInError
from data.audit import AuditError
from display.sign_in import password_form, problem_words, sign_in_form, sign_out_form
from pages.parts.forms import html, is_secure, language_of, local_path, own_fields, uncached
from settings import VIETNAM, store_folder

_HOME = {"district": "huyen", "facility": "co-so"}
_STATUS = {"wrong": 401, "lapsed": 401, "wait": 429, "stale": 403, "log": 503}


def routes() -> list[Route]:
    """What the server answers beside the framework; with OIDC there is no password to send."""
    if accounts.is_oidc():
        return [
            Route("/dang-nhap", _to_provider, methods=["GET"]),
            Route("/dang-xuat", _from_provider, methods=["GET"]),
            Route("/mat-khau", _nothing, methods=["GET", "POST"]),
        ]
    return [
        Route("/dang-nhap", _form, methods=["GET"]),
        Route("/dang-nhap", _sign_in, methods=["POST"]),
        Route("/mat-khau", _change, methods=["POST"]),
        Route("/dang-xuat", _ask_to_sign_out, methods=["GET"]),
        Route("/dang-xuat", _sign_out, methods=["POST"]),
    ]


# Signing in ---------------------------------------------------------------------------------


async def _form(request: Request) -> Response:
    asked = request.query_params
    return html(
        sign_in_form(language_of(asked.get("lang")), next_page=local_path(asked.get("next")))
    )


async def _sign_in(request: Request) -> Response:
    fields = await own_fields(request)
    return await run_in_threadpool(_signed_in, request, fields)


def _signed_in(request: Request, fields: dict[str, str]) -> Response:
    name, language = fields.get("name", "").strip(), language_of(fields.get("lang"))
    next_page = local_path(fields.get("next"))
    try:
        entry = _checked(name, fields.get("password", ""))
    except (PasswordError, AuditError) as error:
        problem = _problem(error, language)
        return _refused(
            error, sign_in_form(language, next_page=next_page, name=name, problem=problem)
        )
    if entry.change_token:
        return html(_form_to_change(entry.change_token, language, next_page))
    return _welcome(request, entry, next_page)


def _checked(name: str, password: str) -> SignIn:
    """The sign-in; written down whether it succeeds or not, and refused when it cannot be.

    A try that has to wait was not looked at, and is no line of the log.
    """
    try:
        entry = accounts.check_password(name, password, _now())
    except PasswordError as error:
        if error.code == "wait":
            raise
        _write(audit.Actor(name if accounts.exists(name) else "unknown", "none"), "sign_in_failed")
        raise
    if entry.session_token:
        _write(audit.Actor(entry.account.name, entry.account.role), "sign_in")
    return entry


async def _change(request: Request) -> Response:
    fields = await own_fields(request)
    return await run_in_threadpool(_changed, request, fields)


def _changed(request: Request, fields: dict[str, str]) -> Response:
    token, language = fields.get("token", ""), language_of(fields.get("lang"))
    next_page = local_path(fields.get("next"))
    try:
        entry = _with_new_password(token, fields.get("password", ""), fields.get("again", ""))
    except (PasswordError, AuditError) as error:
        problem = _problem(error, language)
        if _code(error) == "stale":
            return _refused(error, sign_in_form(language, next_page=next_page, problem=problem))
        return _refused(error, _form_to_change(token, language, next_page, problem))
    return _welcome(request, entry, next_page)


def _form_to_change(token: str, language: str, next_page: str, problem: str | None = None) -> str:
    return password_form(
        language,
        token=token,
        next_page=next_page,
        least_length=accounts.LEAST_LENGTH,
        problem=problem,
    )


def _with_new_password(token: str, password: str, again: str) -> SignIn:
    """Sets the password, which is written down before."""
    account = accounts.check_change(token, password, _now())
    if password != again:
        raise PasswordError("differ")
    actor = audit.Actor(account.name, account.role)
    _write(actor, "password_changed")
    _write(actor, "sign_in")
    return accounts.change_password(token, password, _now())


def _welcome(request: Request, entry: SignIn, next_page: str) -> Response:
    """Sets the cookie of the new session and goes where the person wanted to."""
    home = "./" + _HOME.get(entry.account.role, "")
    response = RedirectResponse(next_page or home, status_code=303)
    response.set_cookie(
        accounts.COOKIE,
        entry.session_token or "",
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return uncached(response)


# Signing out --------------------------------------------------------------------------------


async def _ask_to_sign_out(request: Request) -> Response:
    """A link of our own pages signs out at once; anything else is asked first."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return await run_in_threadpool(_signed_out, request)
    return html(sign_out_form(language_of(request.query_params.get("lang"))))


async def _sign_out(request: Request) -> Response:
    await own_fields(request)
    return await run_in_threadpool(_signed_out, request)


def _signed_out(request: Request) -> Response:
    """Ends the session whether or not that can be written down: nobody is kept signed in."""
    try:
        account = accounts.sign_out(request.cookies.get(accounts.COOKIE), _now())
        _write(audit.Actor(account.name, account.role), "sign_out")
    except (SignInError, AuditError):
        pass
    response = RedirectResponse("./", status_code=303)
    response.delete_cookie(
        accounts.COOKIE, path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )
    return uncached(response)


# The agency's own sign-in service -----------------------------------------------------------


async def _to_provider(request: Request) -> Response:
    """To the framework's own way there, as `st.login` goes."""
    return uncached(
        RedirectResponse(f"./auth/login?provider={encode_provider_token('default')}", 303)
    )


async def _from_provider(request: Request) -> Response:
    return uncached(RedirectResponse("./auth/logout", 303))


async def _nothing(request: Request) -> Response:
    raise HTTPException(404)


# Problems and the log -----------------------------------------------------------------------


def _problem(error: PasswordError | AuditError, language: str) -> str:
    """Why, in words."""
    wait = error.wait_seconds if isinstance(error, PasswordError) else 0
    return problem_words(
        _code(error), language, wait_seconds=wait, least_length=accounts.LEAST_LENGTH
    )


def _code(error: PasswordError | AuditError) -> str:
    return error.code if isinstance(error, PasswordError) else "log"


def _refused(error: PasswordError | AuditError, form: str) -> Response:
    response = html(form, _STATUS.get(_code(error), 400))
    if isinstance(error, PasswordError) and error.wait_seconds:
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def _write(actor: audit.Actor, action: str) -> None:
    audit.write(store_folder(), actor, action, now=_now().astimezone(VIETNAM))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
