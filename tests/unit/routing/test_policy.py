from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from exchange_help import CENTRAL, COMMUNE, NOW, PROVINCE, letter
from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope import DocumentType, Organization, StatusCode, status_of
from docexchange.errors import ConfigurationError
from docexchange.routing import (
    Agencies,
    ExchangePolicy,
    PolicyRule,
    Posted,
    Secrecy,
    secrecy_of,
)

SIZE = 1000


def posted(**changes):
    """A letter from the commune to the central office."""
    values = {
        "message": letter(),
        "sender": COMMUNE,
        "sender_tier": 4,
        "recipient": CENTRAL,
        "recipient_tier": 1,
        "size": SIZE,
    }
    return Posted(**(values | changes))


def judged(*rules, **changes):
    """The code of the refusal, or none."""
    refusal = ExchangePolicy(rules=rules).judge(posted(**changes))
    return refusal and refusal.code


def test_everything_but_secrets_passes_by_default():
    """No rule, no refusal."""
    assert judged() is None


@pytest.mark.parametrize("degree", Secrecy)
@pytest.mark.parametrize(
    "text",
    ["{0}", "[{0}] Báo cáo", "Báo cáo ({0})", "{0}: Báo cáo", "{0} - Báo cáo", "Độ mật: {0}"],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_letter_marked_secret_is_refused_whatever_the_rules_say(degree, text, form):
    """In capitals or not, composed or not, and also where a rule allows all."""
    everything = PolicyRule(name="all")
    for mark in (degree, degree.upper()):
        subject = unicodedata.normalize(form, text.format(mark))
        assert judged(everything, message=letter(subject=subject)) == "policy.secret"


@pytest.mark.parametrize(
    "field",
    [
        {"content": "TỐI MẬT"},
        {"document_type": DocumentType(name="Công văn (Mật)")},
        {"to_places": ("Như trên", "Mật: Lưu VT")},
        {"application_type": "mật"},
    ],
)
def test_other_fields_are_looked_at_too(field):
    """The refusal names the field."""
    refusal = ExchangePolicy().judge(posted(message=replace(letter(), **field)))
    assert refusal.code == "policy.secret"
    assert "Decision 28/2018" in refusal.reason
    assert refusal.advice


@pytest.mark.parametrize(
    "subject",
    [
        "V/v bảo mật thông tin",
        "Bí mật nhà nước: tập huấn",
        "Mật độ dân số",
        "Mật ong",
        "V/v mật khẩu",
    ],
)
def test_the_word_alone_is_no_mark(subject):
    """Letters about secrecy, honey or density travel."""
    assert secrecy_of(letter(subject=subject)) is None


def test_a_sender_who_may_not_write_is_refused_with_the_reason():
    """The rule is named, and why there is one."""
    rule = PolicyRule(
        name="by the province",
        senders=Agencies(tiers=(4,)),
        recipients=Agencies(codes=("G*",)),
        allowed=False,
        because="decision 5",
    )
    refusal = ExchangePolicy(rules=(rule,)).judge(posted())
    assert refusal.code == "policy.sender"
    assert "by the province" in refusal.reason
    assert "decision 5" in refusal.reason
    assert judged(rule, recipient=PROVINCE, recipient_tier=2) is None
    assert judged(rule, sender_tier=3) is None


@given(size=st.integers(0, 5000), most=st.integers(1, 5000))
def test_a_letter_passes_up_to_the_largest_size(size, most):
    """The bound itself is allowed; one byte more is not."""
    found = judged(PolicyRule(name="size", most_bytes=most), size=size)
    assert found == ("policy.size" if size > most else None)


def test_types_are_compared_as_people_write_them():
    """Case and white space make no other type; statuses have none and pass."""
    reports = PolicyRule(name="reports", types=("Báo cáo",))
    assert judged(reports) == "policy.type"
    report = replace(letter(), document_type=DocumentType(name="báo  CÁO"))
    assert judged(reports, message=report) is None
    status = status_of(letter(), StatusCode.ARRIVED, reporter=Organization(CENTRAL, "VPCP"), at=NOW)
    assert judged(reports, message=status) is None


def test_the_first_rule_that_speaks_of_a_letter_decides():
    """An exception stands before what it is an exception from."""
    free = PolicyRule(name="free", senders=Agencies(codes=("H53.*",)))
    closed = PolicyRule(name="closed", allowed=False)
    assert judged(free, closed) is None
    assert judged(closed, free) == "policy.sender"


@pytest.mark.parametrize("fields", [{"name": " "}, {"name": "a", "most_bytes": 0}])
def test_rules_that_cannot_be_meant_do_not_exist(fields):
    """No name, or a size that nothing has."""
    with pytest.raises(ConfigurationError):
        PolicyRule(**fields)
