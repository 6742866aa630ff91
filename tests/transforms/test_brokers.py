"""Brokers: what a person does so that an app finds its secrets. A value is never written, only its place."""

import pytest

from transforms.brokers import Broker, broker, brokers, render
from transforms.inserted import BACKEND_REQUIREMENTS, source


def test_the_environment_vault_and_the_clouds_are_known() -> None:
    assert [each.id for each in brokers()] == ["aws", "azure", "env", "gcp", "ssm", "vault"]


def test_an_unknown_broker_is_refused() -> None:
    with pytest.raises(KeyError):
        broker("drawer")


@pytest.mark.parametrize("each", brokers(), ids=lambda each: each.id)
def test_a_broker_is_a_backend_of_the_inserted_module(each: Broker) -> None:
    assert each.id in BACKEND_REQUIREMENTS
    assert f'"{each.id}": read_{each.id}' in source("secrets", None).text


@pytest.mark.parametrize("each", brokers(), ids=lambda each: each.id)
def test_every_setting_is_one_that_the_inserted_module_reads(each: Broker) -> None:
    text = source("secrets", None).text
    assert each.settings
    for setting in each.settings:
        assert setting.name in text
        assert setting.meaning


@pytest.mark.parametrize("each", brokers(), ids=lambda each: each.id)
def test_provisioning_names_the_secret_and_leaves_a_place_for_its_value(each: Broker) -> None:
    script = render(each.id, ("STRIPE_API_KEY", "DB_PASSWORD"))
    assert script.count("<value>") == 2
    for name in ("STRIPE_API_KEY", "DB_PASSWORD"):
        written = name.replace("_", "-") if each.id == "azure" else name
        assert written in script
        assert written in each.path(name)
        assert written in each.provision(name)
    assert "{" not in script.replace("${", "")


def test_a_prefix_is_part_of_the_path_once_it_is_known() -> None:
    paths = {each.id: (each.path("DB_PASSWORD", "shop"), each.path("DB_PASSWORD", "")) for each in brokers()}
    assert paths == {
        "aws": ("shop/DB_PASSWORD", "DB_PASSWORD"),
        "azure": ("shop-DB-PASSWORD", "DB-PASSWORD"),
        "env": ("DB_PASSWORD", "DB_PASSWORD"),
        "gcp": ("shop-DB_PASSWORD", "DB_PASSWORD"),
        "ssm": ("/shop/DB_PASSWORD", "/DB_PASSWORD"),
        "vault": ("secret/shop/DB_PASSWORD", "secret/DB_PASSWORD"),
    }


def test_only_the_environment_can_be_asked_without_a_network() -> None:
    assert [each.id for each in brokers() if not each.over_network] == ["env"]


def test_the_environment_is_checked_without_showing_a_value() -> None:
    assert 'test -n "$STRIPE_API_KEY"' in render("env", ("STRIPE_API_KEY",))
