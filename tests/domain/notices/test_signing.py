"""The specification's own example is signed as it says; nothing else passes for it."""

import base64
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.notices import signing


def test_the_example_of_the_specification() -> None:
    signed = signing.headers(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(st.binary(), st.text(), st.integers(min_value=0, max_value=2**40))
def test_any_secret_of_ours_signs_any_message(body: bytes, message_id: str, timestamp: int) -> None:
    secret = signing.new_secret()
    signed = signing.headers(secret=secret, message_id=message_id, timestamp=timestamp, body=body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    assert len(key) == 32
    assert base64.b64decode(signed["webhook-signature"].removeprefix("v1,")) == wanted
