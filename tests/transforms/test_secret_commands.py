"""What stands behind the options of commands, in files and in what a program runs."""

import pytest

from transforms.secrets.commands import short_options

VALUE = "q7" + "Wz&9kTr"  # not written as one literal, for scanners read this too
LINES = {
    "a password in quotes": (f"mysql -u root -p'{VALUE}' shop", "database_password"),
    "behind many other options": (f"mysqldump {'--skip-lock-tables ' * 40}-p{VALUE}", "database_password"),
    "behind an address": (f"curl 'https://shop.io/a?b=1;c=2' -u admin:{VALUE}", "password"),
    "of a program that asks over HTTP": (f"http -a admin:{VALUE} shop.io", "password"),
    "handed to a session": (f"sshpass -p {VALUE} ssh shop.io", "account_password"),
    "of a cache": (f"redis-cli -h cache -a {VALUE} ping", "database_password"),
}


@pytest.mark.parametrize("why", LINES)
def test_a_password_is_found_with_whose_it_is(why: str) -> None:
    line, name = LINES[why]
    (found,) = short_options(line)
    assert (found.name, found.value, line[found.start : found.end]) == (name, VALUE, VALUE)


@pytest.mark.parametrize(
    "line", ["mysql -u root -p shop", "mysql -p$PASSWORD", "cat a | grep -p x", "curl -u admin: x"]
)
def test_a_question_or_a_variable_is_none(line: str) -> None:
    assert list(short_options(line)) == []
