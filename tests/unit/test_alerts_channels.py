"""Checking, naming and encrypting channels. No name is resolved here: hosts are literal addresses."""

from __future__ import annotations

import pytest

from pipeline.alerts import channels, webhook
from pipeline.alerts.channels import UnreadableChannel, Vault
from pipeline.errors import ChannelError

SECRET = "https://user:hunter2@203.0.113.7/hook/hunter2?token=hunter2"  # a documentation address: never public
SMTP = "mailtos://sender:pw@smtp.example.org:587?from=alerts@example.org&to=nobody@example.org"


def check(url, *, smtp_url="", allow=()):
    return channels.check(url, smtp_url=smtp_url, allow_hosts=allow)


@pytest.mark.parametrize("url", ["https://8.8.8.8/hook", "http://8.8.8.8:8080/", "tgram://123456789:abcdefg_hijklmnop/12315544/"])
def test_good(url):
    assert check(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://[::1]:80/", "http://[::ffff:10.0.0.1]/", "http://localhost/",
        "https://192.168.1.1/x", "http://169.254.169.254/latest", "http://100.64.0.1/", "json://10.0.0.1/x", "ntfy://127.0.0.1/topic",
    ],
)  # fmt: skip
def test_private_hosts_are_refused_and_the_setting_is_named(url):
    with pytest.raises(ChannelError, match="PRESSWATCH_ALLOW_HOSTS"):
        check(url)


def test_private_hosts_can_be_allowed_with_or_without_port():
    assert check("http://127.0.0.1:8080/x", allow=("127.0.0.1",))
    assert check("http://127.0.0.1:8080/x", allow=("127.0.0.1:8080",))
    assert check("json://10.0.0.1:8080/x", allow=("10.0.0.1:8080",))
    with pytest.raises(ChannelError):
        check("http://127.0.0.1:8081/x", allow=("127.0.0.1:8080",))


@pytest.mark.parametrize(
    "url",
    [
        "nothing",
        "",
        "foo://hunter2",
        "slack://hunter2",
        "http:///hunter2",
        "https://8.8.8.8/ hunter2",
        SECRET,
        "https://8.8.8.8/" + "hunter2" * 300,
    ],
)
def test_refused_without_telling_secrets(url):
    with pytest.raises(ChannelError) as caught:
        check(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user:pw@example.org:8443/a?b=c", "https://example.org:8443/…"),
        ("https://example.org", "https://example.org"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("mailto://me@example.org", "mailto://me@example.org"),
        ("mailtos://me:pw@example.org?to=x", "mailtos://…@example.org"),
        ("tgram://123:secret/12", "tgram://…"),
    ],
)
def test_describe(url, name):
    assert channels.describe(url) == name


def test_a_bare_address_needs_a_mail_server():
    with pytest.raises(ChannelError, match="PRESSWATCH_SMTP_URL"):
        check("mailto://me@example.org")
    assert check("mailto:me@example.org", smtp_url=SMTP) == "mailto://me@example.org"


def test_a_bare_address_goes_through_the_mail_server_to_itself_alone():
    service = channels._service("mailto://me@example.org", SMTP)
    assert (service.smtp_host, service.port, service.from_addr[1]) == ("smtp.example.org", 587, "alerts@example.org")
    assert service.targets == [(False, "me@example.org")]


def test_a_mail_url_with_its_own_server_is_used_as_it_is():
    url = "mailto://127.0.0.1:2525?from=a@example.org&to=me@example.org"
    assert check(url, smtp_url=SMTP) == url
    assert channels._service(url, SMTP).smtp_host == "127.0.0.1"


def test_vault():
    vault = Vault(b"k" * 44)
    sealed = vault.seal("https://example.org/ü")
    assert b"example" not in sealed
    assert vault.open(sealed) == "https://example.org/ü"
    with pytest.raises(UnreadableChannel):
        Vault(b"other" * 9).open(sealed)


@pytest.mark.parametrize(
    ("value", "least", "most"), [("120", 120, 120), ("Fri, 01 Jan 2100 00:00:00 GMT", 1e9, 1e10), ("soon", None, None), (None, None, None)]
)
def test_retry_after(value, least, most):
    seconds = webhook._retry_after_s(value)
    assert seconds is None if least is None else least <= seconds <= most


def test_loopback_never_goes_through_the_proxy(monkeypatch):
    import httpx

    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    assert webhook._proxy(httpx.URL("http://example.org/")) == "http://proxy.example:3128"
    assert webhook._proxy(httpx.URL("http://127.0.0.1:9/")) is None
    assert webhook._proxy(httpx.URL("http://localhost/")) is None
    assert webhook.refusal("http://127.1/", ()) is not None
    assert webhook.refusal("http://no-such-name.example/", ()) is None
