"""The bill of materials of secrets holds to CycloneDX 1.6: what its schema asks of the fields that are used here.

The rules are those of the published `bom-1.6.schema.json`, written down for the part that an inventory says.
"""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from bot.surfaces.inventory_report import Item, Place, as_cyclonedx
from transforms.secrets import SecretKind, kinds

TEXT = {"type": "string"}
REFERENCE = {"type": "string", "minLength": 1}


def closed(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """An object that has these fields and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {name.replace("_", "-"): rule for name, rule in properties.items()},
        "additionalProperties": False,
    }


MATERIAL = closed(
    (),
    type={
        "enum": [
            "private-key", "public-key", "secret-key", "key", "ciphertext", "signature", "digest",
            "initialization-vector", "nonce", "seed", "salt", "shared-secret", "tag", "additional-data", "password",
            "credential", "token", "other", "unknown",
        ]
    },
    state={"enum": ["pre-activation", "active", "suspended", "deactivated", "compromised", "destroyed"]},
)  # fmt: skip
COMPONENT = closed(
    ("type", "name"),
    type={"enum": ["application", "cryptographic-asset"]},
    bom_ref=REFERENCE,
    name=TEXT,
    version=TEXT,
    description=TEXT,
    cryptoProperties=closed(
        ("assetType",), assetType={"enum": ["related-crypto-material"]}, relatedCryptoMaterialProperties=MATERIAL
    ),
    properties={"type": "array", "items": closed(("name",), name=TEXT, value=TEXT)},
    evidence=closed(
        (),
        occurrences={
            "type": "array",
            "items": closed(("location",), location=TEXT, line={"type": "integer", "minimum": 0}),
        },
    ),
    externalReferences={
        "type": "array",
        "items": closed(
            ("url", "type"), url={"type": "string", "pattern": "^https://"}, type={"enum": ["other"]}, comment=TEXT
        ),
    },
)
DAY_AND_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$"
BOM = closed(
    ("bomFormat", "specVersion"),
    bomFormat={"enum": ["CycloneDX"]},
    specVersion={"enum": ["1.6"]},
    serialNumber={"type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    version={"type": "integer", "minimum": 1},
    metadata=closed(
        (),
        timestamp={"type": "string", "pattern": DAY_AND_TIME},
        tools=closed((), components={"type": "array", "items": COMPONENT}),
        component=COMPONENT,
    ),
    components={"type": "array", "items": COMPONENT, "uniqueItems": True},
)


def items(kind: SecretKind) -> tuple[Item, ...]:
    """A secret of a kind in each of its states."""
    places = (Place("shop/pay.py", 2), Place("with a space/ü.py", 0))
    leaked = Item(
        kind.secret_name, kind.id, kind.title, places, "secret/x", "@a", "open", True, "seal", kind.rotate_url
    )
    rotated = replace(leaked, status="rotated", rotated_on="2026-01-01", rotated_by="ana", places=())
    return leaked, rotated, replace(leaked, is_leak=False, owner="")


EVERYTHING = tuple(item for kind in kinds() for item in items(kind))


def test_every_kind_in_every_state_is_what_the_schema_asks_for() -> None:
    bom = json.loads(json.dumps(as_cyclonedx(EVERYTHING, "shop")))
    jsonschema_rs.validate(BOM, bom)
    assert len(bom["components"]) == len(EVERYTHING)


def test_an_app_without_secrets_has_an_empty_bill() -> None:
    bom = as_cyclonedx((), "shop")
    jsonschema_rs.validate(BOM, bom)
    assert bom["components"] == []


def test_references_are_unique_and_not_those_of_another_bill() -> None:
    bom = as_cyclonedx(EVERYTHING, "shop")
    references = [each["bom-ref"] for each in (bom["metadata"]["component"], *bom["components"])]
    assert len(set(references)) == len(references)
    assert not any(each.startswith("urn:cdx:") for each in references)


def test_no_field_says_the_seal() -> None:
    assert not re.search(r"\bseal\b", json.dumps(as_cyclonedx(EVERYTHING, "shop")))


@pytest.mark.parametrize(
    ("field", "value"),
    [("state", "open"), ("type", "api-key"), ("size", "40")],
)
def test_the_rules_refuse_what_the_schema_does_not_know(field: str, value: str) -> None:
    bom = as_cyclonedx(EVERYTHING[:1], "shop")
    bom["components"][0]["cryptoProperties"]["relatedCryptoMaterialProperties"][field] = value
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(BOM, bom)
