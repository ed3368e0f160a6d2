from __future__ import annotations

import pytest

from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.identifiers import OrganId
from docexchange.node import read_config, read_policy, read_rules, rules_of
from docexchange.routing import Agencies, ClosedCodes, PolicyRule, Rule, Rules, Way

ROUTING = """
strategy = "direct"
axis = "000.00.00.G22"

[[rule]]
name = "neighbours"
from = "H53.*"
from_tiers = [3, 4]
to = ["H17", "H17.*"]
way = "via"
via = "H53.99"
because = "agreement 12"
"""
POLICY = """
[[rule]]
name = "communes"
from_tiers = [4]
to = "G*"
allowed = false
because = "decision 5"

[[rule]]
name = "size"
most_bytes = 100
types = ["Công văn"]
"""


def written(folder, text):
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rules_of_the_way_are_read(tmp_path):
    """Every key arrives."""
    assert read_rules(written(tmp_path, ROUTING), closed=ClosedCodes.REFUSE) == Rules(
        rules=(
            Rule(
                name="neighbours",
                way=Way.VIA,
                senders=Agencies(codes=("H53.*",), tiers=(3, 4)),
                recipients=Agencies(codes=("H17", "H17.*")),
                via=OrganId("H53.99"),
                because="agreement 12",
            ),
        ),
        strategy=Way.DIRECT,
        axis=OrganId("000.00.00.G22"),
        closed=ClosedCodes.REFUSE,
    )


def test_a_policy_is_read(tmp_path):
    """Every key arrives, in order."""
    first, second = read_policy(written(tmp_path, POLICY)).rules
    assert first == PolicyRule(
        name="communes",
        senders=Agencies(tiers=(4,)),
        recipients=Agencies(codes=("G*",)),
        allowed=False,
        because="decision 5",
    )
    assert (second.most_bytes, second.types) == (100, ("Công văn",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[rule]", "TOML|Expected"),
        ("[[rule]]\nname = 'a'", "way"),
        ("[[rule]]\nname = 'a'\nway = 'up'", "expected one of parents"),
        ("[[rule]]\nname = 'a'\nway = 'via'", "via"),
        ("[[rule]]\nname = 'a'\nway = 'direct'\nform = 'H53'", "form"),
        ("[[rule]]\nname = 'a'\nway = 'direct'\nfrom = 'H 53'", "H 53"),
        ("axis = 'not a code!'", "not a code!"),
        ("strategy = 'axis'", "parents"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_file_named(tmp_path, text, found):
    """A misspelt key is never ignored."""
    with pytest.raises(ConfigurationError, match=f"rules.toml: .*({found})") as caught:
        read_rules(written(tmp_path, text))
    assert caught.value.code == "configuration.routing"


def test_a_wrong_policy_is_refused(tmp_path):
    """And so is a file that is not there."""
    with pytest.raises(ConfigurationError) as caught:
        read_policy(written(tmp_path, "[[rule]]\nname = 'a'\nmost = 5"))
    assert caught.value.code == "configuration.policy"
    with pytest.raises(InputNotFound):
        read_policy(tmp_path / "absent.toml")


def test_a_node_names_its_rules(tmp_path):
    """Relative to node.toml; without any, closed codes alone can be said."""
    written(tmp_path, ROUTING)
    start = 'agency = "H53"\ndirectory = "d.toml"\n'
    rest = '[key]\nuri = "pkcs12:k"\n[trust]\npaths = []\n[routing]\nclosed = "refuse"\n'
    (tmp_path / "node.toml").write_text(start + rest, encoding="utf-8")
    assert rules_of(read_config(tmp_path)) == Rules(closed=ClosedCodes.REFUSE)
    (tmp_path / "node.toml").write_text(f'{start}{rest}rules = "rules.toml"\n', encoding="utf-8")
    assert rules_of(read_config(tmp_path)).axis == OrganId("000.00.00.G22")
