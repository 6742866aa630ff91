"""From a candidate literal to a fact that says everything about it but its value.

Values live here only while one file is walked: to give the same value the same name, and to see it again in a message.
"""

import re
from dataclasses import dataclass, replace

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import DefaultOf, ParsedOption, SecretRole, SecretUse, SetWith, Unsaid
from transforms.frameworks.secret_options import Option
from transforms.frameworks.secret_places import around, as_factory, as_written, is_read_again, type_of
from transforms.frameworks.secret_readers import Readers
from transforms.frameworks.secret_texts import fingerprint, inside, is_all, own_name, says_itself, shape_for, with_a_gap
from transforms.frameworks.secret_values import Literal, parts_of, text_of
from transforms.frameworks.secret_variables import SetVariable, Variables
from transforms.secrets import kind
from transforms.secrets.addresses import MARK, AddressPassword, passwords_in
from transforms.secrets.files import python_role
from transforms.secrets.judgement import Judgement, judge, judge_key, judge_url
from transforms.secrets.keys import KeySearch
from transforms.secrets.names import GENERIC, NameReading, read_name
from transforms.secrets.values import LONGEST_SECRET, Shape, provisional
from transforms.walk import Walk, descendants

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://")
_SETTINGS = re.compile(r"(?:^|\.)Base(?:Settings|Model)$")
_SOURCES = re.compile(r"env_prefix|env_nested|secrets_dir|alias|customise_sources")
_STRICT_FILE = re.compile(r"env_file")
_LENIENT = re.compile(r"extra[\"']?\s*[=:]\s*(?:Extra\.)?[\"']?(?:ignore|allow)")
_WITHIN_ADDRESSES = ("database-url", "azure-storage-key", "azure-service-bus-key")  # what holds none is harmless
PARTS = {"database-url": "DATABASE_PASSWORD", "basic-auth-url": "SERVICE_PASSWORD"}
_HASHED = re.compile(r"^hash(?:ed)?_|_?hash(?:ed)?$", re.IGNORECASE)
_REPEATED = 6  # shorter values than this are words that occur anywhere


@dataclass(frozen=True, slots=True)
class Candidate:
    """A literal with the name it goes by, what that name says, and what it is used as."""

    literal: Literal
    name: str
    reading: NameReading | None
    role: SecretRole
    partner: bool = False
    sink: str | None = None
    statement: cst.CSTNode | None = None
    within: bool = False  # the literal says more than the text of it that is judged
    deferred: bool = False  # what stands in its place asks later
    fixed: bool = False  # only a person can say what shall be there instead
    parameter: "Defaulted | None" = None
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class Defaulted:
    """A parameter with a default, in a function that can find out for itself that nothing was given."""

    function: cst.FunctionDef
    parameter: cst.Param
    widened: str  # its annotation, once it may be None; "" for one without
    inside: bool = False  # a call around the literal says that it is the default: `Form("...")`


class Emission:
    """Judges candidates, once each, and leaves the facts."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.file = python_role(walk.path, walk.content)
        self.keys = KeySearch(walk.text)
        self.addresses = MARK.search(walk.content) is not None
        self.seen: set[int] = set()
        self.dead: set[int] = set()
        self.documents: set[int] = set()  # texts that stand alone
        self.constants: dict[int, str] = {}
        self.variables = Variables(walk)
        self.readers = Readers(walk)
        self._names: dict[tuple[str, str], str] = {}  # what the entry of a value in the broker is called
        self._told: set[str] = set()
        self._passwords: set[str] = set()
        self._defaults: set[str] = set()
        self._mentioned: set[tuple[int, str]] = set()

    @property
    def reads_texts(self) -> bool:
        """Whether a string can matter whatever its name is."""
        return self.addresses or self.keys.possible

    def knows(self, text: str) -> bool:
        """Whether this value is the default of something in this file: a comparison with it is a check, not a door."""
        return text in self._defaults

    def exempt(self, node: cst.CSTNode, *, sparing_keys: bool = False) -> None:
        """Pass over every string below a node: an example, a label, an enumeration."""
        for each in descendants(node, cst.SimpleString, cst.ConcatenatedString, cst.FormattedString):
            if not (sparing_keys and self.keys.find(text_of(each) or "")):
                self.seen.add(id(each))

    def see_parts(self, node: cst.CSTNode) -> None:
        """The parts of a concatenation are no strings of their own."""
        if isinstance(node, cst.BinaryOperation):
            self.seen.update(id(each) for each in descendants(node))
        while isinstance(node, cst.ConcatenatedString):
            self.seen.update((id(node.left), id(node.right)))
            node = node.right

    def judge(self, candidate: Candidate) -> None:
        """Leave a fact if the candidate is a secret."""
        node, text = candidate.literal.node, candidate.literal.text
        if id(node) in self.seen:
            return
        found = self._find(candidate, text)
        if found.judgement is None or (found.judgement.placeholder and id(node) in self.dead):
            return
        self.seen.add(id(node))
        self.see_parts(node)
        if found.judgement.test_only and text in self._told:
            return  # a test says its invented password on every other line: once is enough
        self._remember(candidate, text, found.judgement)
        if found.part and "\n" in text:
            use = self._use(candidate, candidate.role, found.judgement, movable=False, template="")
            self._mentioned.add((id(node), found.part))
            self._at(node, found.part, use)  # where it stands, not where the text begins
            return
        template = with_a_gap(node, found.part) if found.part else ""
        if found.part and found.role is SecretRole.IN_URL and candidate.reading is None:
            # what is asked for is not the address that the name speaks of
            part_name = PARTS.get(found.judgement.kind, kind(found.judgement.kind).secret_name)
            candidate = replace(candidate, name=part_name)
        fixed = candidate.fixed or (found.part != "" and not template) or id(node) in self.documents
        self._leave(candidate, found.role, found.judgement, movable=not fixed, template=template, part=found.part)

    def template(self, node: cst.FormattedString, code: str) -> None:
        """A secret in the literal part of an f-string: its code is kept with the secret left out."""
        if id(node) in self.seen:
            return
        keys = self.keys.find(code)
        judged = [(judge_key(key, self.file, text=self.walk.text), key.start, key.end) for key in keys]
        for found in passwords_in(code):
            judgement = judge_url(found.kind, found.shape(), self.file, found.local)
            if judgement is not None and not any(key.start <= found.start < key.end for key in keys):
                judged.append((judgement, found.start, found.end))
        for judgement, start, end in judged[:1]:
            self.seen.add(id(node))
            kept = code[:start] + "{}" + code[end:] if len(judged) == 1 and "{}" not in code else ""
            is_url = judgement.kind == "database-url"
            literal = Literal(node, code[start:end], node)
            candidate = Candidate(literal, "DATABASE_PASSWORD" if is_url else "", None, SecretRole.IN_URL)
            self._leave(candidate, SecretRole.IN_URL, judgement, bool(kept), kept, part=code[start:end])

    def filled_in(self, node: cst.BaseExpression, template: cst.SimpleString, password: str, code: str) -> None:
        """A secret in an address that `format` or `%` fills in; in `code` the secret is one more value of it."""
        for found in passwords_in(text_of(template) or "") if id(template) not in self.seen else ():
            judgement = judge_url(found.kind, found.shape(), self.file, found.local)
            if found.password == password and judgement is not None:
                self.seen.add(id(template))
                literal = Literal(template, password, node)
                name = PARTS.get(found.kind, "")
                candidate = Candidate(literal, name, None, SecretRole.IN_URL)
                use = self._use(candidate, SecretRole.IN_URL, judgement, code != "", "")
                self._stands(replace(use, around=code), password, template, node)

    def joined(self, piece: cst.BaseExpression, found: AddressPassword, *, whole: bool) -> None:
        """The password of an address that is put together by `+`, in the piece that has it."""
        judgement = judge_url(found.kind, found.shape(), self.file, found.local)
        if judgement is None or id(piece) in self.seen or not isinstance(piece, cst.SimpleString):
            return
        self.seen.add(id(piece))
        name = PARTS.get(found.kind, kind(found.kind).secret_name)
        candidate = Candidate(Literal(piece, found.password, piece), name, None, SecretRole.IN_URL)
        template = "" if whole else with_a_gap(piece, found.password)
        part = "" if whole else found.password
        self._leave(candidate, SecretRole.IN_URL, judgement, whole or template != "", template, part)

    def mention(self, node: cst.CSTNode, name: str, value: str, unsaid: Unsaid | None = None) -> None:
        """A password that a message or a statement says."""
        if (id(node), value) in self._mentioned:
            return
        self._mentioned.add((id(node), value))
        reading = read_name(name) or NameReading("account-password", strong=True)
        self._at(node, value, replace(self._text_use(reading.kind, name, value), unsaid=unsaid))

    def bound(self, statement: cst.SimpleString, call: cst.Call, name: str, value: str, code: str) -> None:
        """A password of a statement that can be a parameter; in `code`, the call, all of the statement's are some."""
        self._mentioned.add((id(statement), value))
        reading = read_name(name) or NameReading("account-password", strong=True)
        use = replace(self._text_use(reading.kind, name, value), movable=True, around=code)
        self._stands(use, value, statement, call)

    def message(self, node: cst.CSTNode, text: str) -> None:
        """Keys and addresses with a password that a message says: it would say them from the broker, too."""
        if id(node) in self.seen:
            return
        said = [
            (judge_key(key, self.file, text=self.walk.text), text[key.start : key.end]) for key in self.keys.find(text)
        ]
        for found in passwords_in(text) if self.addresses else ():
            self.seen.add(id(node))  # an address with a placeholder shows what one looks like
            judgement = self._judge_url(found, text)
            if judgement is not None and not judgement.placeholder:
                said.append((judgement, found.password))
        for judgement, value in said:
            self.seen.add(id(node))
            self.see_parts(node)
            self._mentioned.add((id(node), value))
            name = PARTS.get(judgement.kind, kind(judgement.kind).secret_name)
            self._at(node, value, replace(self._text_use(judgement.kind, name, value), unsaid=Unsaid.NAME))

    def _at(self, node: cst.CSTNode, value: str, use: SecretUse) -> None:
        strings = (each for each in parts_of(node) if isinstance(each, cst.SimpleString))
        part = next((each for each in strings if value in each.value), None)
        target = part if part is not None else node
        raw = part.value if part is not None else self.walk.code(node, LONGEST_SECRET)
        if raw.count(value) != 1:
            use = replace(use, unsaid=None)
        self.walk.emit(lambda place: replace(use, place=inside(place, raw, value)), target)

    def _stands(self, use: SecretUse, part: str, literal: cst.SimpleString, whole: cst.CSTNode) -> None:
        """Leave a fact for a part of a literal that is replaced together with what stands around it."""
        raw = literal.value

        def build(place: Place, expression: Place) -> SecretUse:
            return self._as_written(replace(use, place=inside(place, raw, part), expression=expression))

        self.walk.emit(build, literal, whole)

    def _as_written(self, use: SecretUse) -> SecretUse:
        """The use with the code around it as it stands in its file; not to be moved where that is not known."""
        code = as_written(use.around, self.walk.text, use.expression) if use.expression is not None else ""
        return replace(use, around=code, movable=use.movable and code != "")

    def repeats(self, node: cst.CSTNode, text: str, unsaid: Unsaid | None) -> None:
        """A password of this file that a message says again."""
        for value in self._passwords:
            if value in text:
                self.mention(node, "password", value, unsaid)

    def text_fact(
        self, kind_id: str, name: str, value: str, place: Place, literal: Place | None, unsaid: Unsaid | None
    ) -> None:
        """A secret in a comment, whose place is known already; `literal` is that of code that was commented out."""
        use = replace(self._text_use(kind_id, name, value), place=place, expression=literal, unsaid=unsaid)
        self.walk.emit(lambda: use)

    # ---------------------------------------------------------------------------------------------------------------

    def _find(self, candidate: Candidate, text: str) -> "_Found":
        """The secret in a candidate: a vendor's key, a password in an address, or the text as a whole."""
        for key in self.keys.find(text):
            whole = not candidate.within and is_all(key, text.strip())
            part = "" if whole else text[key.start : key.end]
            judged = judge_key(key, self.file, candidate.reading, self.walk.text, candidate.name)
            return _Found(candidate.role, judged, part)
        if self.addresses:
            for found in passwords_in(text):
                judgement = self._judge_url(found, text)
                if judgement is not None and judgement.placeholder and id(candidate.literal.node) in self.documents:
                    return _Found(candidate.role, None)
                is_part = found.kind not in ("database-url", "basic-auth-url") or any(map(str.isspace, text.strip()))
                return _Found(SecretRole.IN_URL, judgement, found.password if is_part else "")
        if candidate.reading is None or candidate.reading.kind in _WITHIN_ADDRESSES:
            return _Found(candidate.role, None)
        shape = shape_for(candidate.reading, candidate.name, text)
        excused = candidate.partner or candidate.literal.environment_name is not None
        if shape is Shape.MIXED and candidate.literal.role is SecretRole.ENV_DEFAULT and provisional(text):
            shape = Shape.WEAK
        if shape in (Shape.WORD, Shape.NAME) and says_itself(candidate.name, candidate.reading, text, excused=excused):
            return _Found(candidate.role, None)
        judgement = judge(candidate.reading, shape, candidate.role, self.file, candidate.partner)
        return _Found(candidate.role, judgement, text if candidate.within else "")

    def _judge_url(self, found: AddressPassword, text: str) -> Judgement | None:
        shape = found.shape()
        prose = any(map(str.isspace, text.strip())) and "=" not in text.partition(" ")[0]
        if "\n" in text.strip() or (prose and shape not in (Shape.MIXED, Shape.RANDOM)):
            return None  # an example in a sentence
        return judge_url(found.kind, shape, self.file, found.local)

    def _remember(self, candidate: Candidate, text: str, judgement: Judgement) -> None:
        if candidate.role is not SecretRole.COMPARED:
            self._defaults.add(text)
        if judgement.kind == "account-password" and not judgement.placeholder and len(text) >= _REPEATED:
            self._passwords.add(text)

    def _leave(
        self,
        candidate: Candidate,
        role: SecretRole,
        judgement: Judgement,
        movable: bool,
        template: str = "",
        part: str = "",
    ) -> None:
        candidate = self._as_field(candidate)
        literal = candidate.literal
        use = self._use(candidate, role, judgement, movable, template)
        if candidate.option is not None and movable:
            option = candidate.option
            self.walk.emit(
                lambda place, whole, parsed: replace(
                    use, place=place, expression=whole, option=ParsedOption(option.attribute, parsed)
                ),
                literal.node,
                literal.whole,
                option.parsed,
            )
            return
        variable = self.variables.set_to(literal.whole)
        if variable is not None:
            named = replace(use, environment_name=variable.name, secret_name=variable.name)
            self._leave_setting(named, literal, variable)
            return
        if candidate.parameter is not None and movable:
            self._leave_default(use, candidate, candidate.parameter)
            return
        nodes: list[cst.CSTNode] = [literal.node, literal.whole]
        if (movable and self._is_constant(candidate)) or use.settings_field:
            nodes.append(candidate.statement)  # type: ignore[arg-type]
        raw = self.walk.code(literal.node, limit=LONGEST_SECRET) if part else ""

        def build(place: Place, expression: Place, constant: Place | None = None) -> SecretUse:
            placed = _placed(use, inside(place, raw, part) if part else place, expression, constant)
            return self._as_written(placed) if "\n" in use.around else placed

        self.walk.emit(build, *nodes)

    def _leave_setting(self, use: SecretUse, literal: Literal, variable: SetVariable) -> None:
        goes = use.movable and not (use.around or use.template)
        statement = variable.statement if goes else None
        entries = variable.entries if goes else None
        nodes = [each for each in (statement, entries) if each is not None]

        def build(place: Place, whole: Place, *others: Place) -> SecretUse:
            sets = others[0] if statement is not None else None
            set_with = SetWith(others[-1], variable.names) if entries is not None else None
            return replace(use, place=place, expression=whole, sets=sets, set_with=set_with)

        self.walk.emit(build, literal.node, literal.whole, *nodes)

    def _leave_default(self, use: SecretUse, candidate: Candidate, given: Defaulted) -> None:
        said = type_of(self.walk, given.parameter)
        widened = [said] if said is not None and given.widened else []
        name = given.parameter.name.value

        def build(
            place: Place, whole: Place, parameter: Place, function: Place, annotated: Place | None = None
        ) -> SecretUse:
            default_of = DefaultOf(name, parameter, function, annotated, given.widened, given.inside)
            return replace(use, place=place, expression=whole, default_of=default_of, at_import=False)

        nodes = (candidate.literal.node, candidate.literal.whole, given.parameter, given.function, *widened)
        self.walk.emit(build, *nodes)

    def _as_field(self, candidate: Candidate) -> Candidate:
        """The default of `field(default="...")` as that of its field: the whole call is what a factory replaces."""
        statement = candidate.statement
        if not isinstance(statement, cst.AnnAssign) or statement.value is None or candidate.literal.inner is not None:
            return candidate
        asked = as_factory(self.walk, statement.value, candidate.literal)
        field = replace(candidate, literal=replace(candidate.literal, whole=statement.value, around=asked))
        is_field = asked != "" and (self._is_settings_field(field) or self._is_dataclass_field(field))
        return field if is_field else candidate

    def _use(
        self, candidate: Candidate, role: SecretRole, judgement: Judgement, movable: bool, template: str
    ) -> SecretUse:
        literal = candidate.literal
        name = candidate.name or literal.looked_up or kind(judgement.kind).secret_name
        return SecretUse(
            kind=judgement.kind,
            name=name,
            role=role,
            place=_NOWHERE,
            symbol=self.walk.symbol,
            confidence=judgement.confidence,
            test_only=judgement.test_only,
            placeholder=judgement.placeholder,
            environment_name=literal.environment_name,
            secret_name=self._secret_name(literal, name, judgement),
            sink=candidate.sink,
            fingerprint=fingerprint(judgement.kind, name, literal.text),
            movable=movable,
            file=self.walk.path,
            template=template,
            at_import=self.walk.function is None and not candidate.deferred,
            settings_field=self._is_settings_field(candidate),
            dataclass_field=self._is_dataclass_field(candidate),
            accessor=self._accessor(candidate),
            scheme=scheme.group(1) if (scheme := _SCHEME.match(literal.text)) else "",
            around=literal.around or ("" if template else around(self.walk, literal)),
            reader=self.readers.asked_for(literal),
            alike=judgement.alike,
        )

    def _text_use(self, kind_id: str, name: str, value: str) -> SecretUse:
        judgement = Judgement(kind_id, "medium", test_only=self.file != "app")
        literal = Literal(cst.SimpleString('""'), value, cst.SimpleString('""'))
        candidate = Candidate(literal, name, None, SecretRole.IN_TEXT)
        return self._use(candidate, SecretRole.IN_TEXT, judgement, movable=False, template="")

    def _secret_name(self, literal: Literal, name: str, judgement: Judgement) -> str:
        """What the broker's entry is called: the same for the same value, another one for another value.

        A placeholder is nobody's value: each name with it is a secret of its own, which wants a value of its own.
        """
        name = _HASHED.sub("", name) if literal.hashed else name  # what is kept is not the hash
        wanted = literal.environment_name or own_name(name.strip("_"), judgement.kind)
        known = (literal.text, wanted if judgement.placeholder else "")
        if known in self._names:
            return self._names[known]
        taken, number, chosen = set(self._names.values()), 1, wanted
        if judgement.placeholder and wanted in taken and GENERIC.match(name) is None:
            return wanted  # what stands in for it somewhere else
        while chosen in taken:
            number += 1
            chosen = f"{wanted}_{number}"
        self._names[known] = chosen
        self._told.add(literal.text)
        return chosen

    def _is_constant(self, candidate: Candidate) -> bool:
        statement = candidate.statement
        if not isinstance(statement, cst.Assign | cst.AnnAssign) or id(statement) not in self.constants:
            return False
        return statement.value is candidate.literal.whole

    def _is_settings_field(self, candidate: Candidate) -> bool:
        node = self._class_of_field(candidate)
        if node is None:
            return False
        bases = [self.walk.resolve(base.value) or "" for base in node.bases]
        return any(map(_SETTINGS.search, bases))

    def _is_dataclass_field(self, candidate: Candidate) -> bool:
        node = self._class_of_field(candidate)
        if node is None:
            return False
        decorators = (each.decorator for each in node.decorators)
        names = (each.func if isinstance(each, cst.Call) else each for each in decorators)
        return any(self.walk.resolve(name) == "dataclasses.dataclass" for name in names)

    def _class_of_field(self, candidate: Candidate) -> cst.ClassDef | None:
        """The class whose annotated field has the literal as its default."""
        node = self.walk.scopes[-1].node
        if not isinstance(node, cst.ClassDef) or not isinstance(candidate.statement, cst.AnnAssign):
            return None
        if is_read_again(node, candidate.statement):  # there the name has to hold a text
            return None
        return node if candidate.statement.value is candidate.literal.whole else None

    def _accessor(self, candidate: Candidate) -> str:
        """How a property begins that can stand in a settings field's place: nothing may fill or check the field."""
        node, name = self._class_of_field(candidate), candidate.name
        if node is None or not self._is_settings_field(candidate) or not _is_text(candidate.statement):
            return ""
        code = self.walk.code(node, limit=20_000)
        if _SOURCES.search(code) or (_STRICT_FILE.search(code) and not _LENIENT.search(code)):
            return ""
        if re.search(rf"[\"']{name}[\"']", code) is not None or not name.isidentifier():
            return ""
        return f"@property\ndef {name}(self) -> str:\n    return"


def _is_text(statement: cst.CSTNode | None) -> bool:
    """Whether an annotated assignment says `str`."""
    match statement:
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value="str"))):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Found:
    """A judged candidate; `part` is the secret where it is only a part of the literal."""

    role: SecretRole
    judgement: Judgement | None
    part: str = ""


_NOWHERE = Place(0, 0, 0, 0)


def _placed(use: SecretUse, place: Place, expression: Place | None = None, constant: Place | None = None) -> SecretUse:
    """A use with its places filled in (`dataclasses.replace` costs ten times as much)."""
    return SecretUse(
        use.kind, use.name, use.role, place, use.symbol, use.confidence, use.test_only, use.placeholder,
        use.environment_name, use.secret_name, use.sink, use.fingerprint, use.movable, use.file,
        expression, use.template, None if use.settings_field else constant, use.at_import, use.settings_field,
        use.dataclass_field, use.accessor, constant if use.settings_field else None, use.scheme, around=use.around,
        reader=use.reader, alike=use.alike,
    )  # fmt: skip
