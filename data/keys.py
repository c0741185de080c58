"""The program's one secret, and the keys made from it.

It comes from the setting SECRET, else from the file `secret` in the folder PRIVATE, which is made
when it is not there. Both lie outside the store: who can write the store cannot sign for it.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from data.errors import RefusedError
from settings import setting

LEAST_LENGTH = 32
#: A text of fewer different characters was not drawn at random.
_LEAST_CHARACTERS = 10


class SecretError(RefusedError):
    """The secret is missing, too short, guessable or readable by others."""


def private_folder() -> Path:
    """Where accounts and the secret lie; made, for its owner alone, when it is not there."""
    folder = Path(setting("PRIVATE"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SecretError(f"{folder}: không tạo được thư mục này ({error.strerror}).") from error
    return folder


def key(purpose: str) -> bytes:
    """32 bytes for one purpose, from the secret.

    Raises:
        SecretError: there is no secret that can be used; says why.
    """
    return hmac.digest(_secret().encode(), purpose.encode(), hashlib.sha256)


def has_secret() -> bool:
    """Whether a secret was given or made before."""
    return bool(setting("SECRET")) or (Path(setting("PRIVATE")) / "secret").exists()


def _secret() -> str:
    given = setting("SECRET")
    if given:
        return _strong(given, "TIENDO_SECRET")
    path = private_folder() / "secret"
    if not path.exists():
        _make(path)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretError(f"{path}: người khác đọc được tệp này; chạy: chmod 600 {path}")
        return _strong(path.read_text(encoding="utf-8").strip(), str(path))
    except OSError as error:
        raise SecretError(f"{path}: không đọc được tệp này ({error.strerror}).") from error


def _make(path: Path) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise SecretError(f"{path}: không ghi được tệp này ({error.strerror}).") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(32))


def _strong(secret: str, where: str) -> str:
    if len(secret) < LEAST_LENGTH or len(set(secret)) < _LEAST_CHARACTERS:
        raise SecretError(
            f"{where}: khóa bí mật có {len(secret)} ký tự; cần ít nhất {LEAST_LENGTH} ký tự "
            "ngẫu nhiên, ví dụ của lệnh: openssl rand -hex 32"
        )
    return secret
