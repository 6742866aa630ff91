"""Passwords in a command that is given in its words: `run(["mysqldump", "-u", "root", "-p..."])`."""

import libcst as cst

from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_values import text_of
from transforms.secrets.commands import password_in_words


class Commands:
    """The handler for lists of words; a command in one text is read with all other texts."""

    def __init__(self, reading: Reading) -> None:
        self.out = reading.out

    def words(self, node: cst.List) -> None:
        """The first word says which command it is, so it has to be a literal."""
        elements = [each.value for each in node.elements]
        if len(elements) < 2 or not isinstance(elements[0], cst.SimpleString):
            return
        texts = [text_of(each) if isinstance(each, cst.SimpleString) else None for each in elements]
        for number, mention in password_in_words(texts):
            self.out.mention(elements[number], mention.name, mention.value)
