"""GraphQL documents of the Data Model that cannot be answered as asked: TT1xx too."""

from dataclasses import dataclass

from tabular.errors.tree import AskedWrong, shown


@dataclass(eq=False)
class NoDocument(AskedWrong):
    reason: str
    code = "TT116"
    status = 400

    @property
    def message(self) -> str:
        return f"The request holds no GraphQL query: {self.reason}."

    @property
    def hint(self) -> str:
        return 'Send {"query": "{ me { name } }"} as application/json, or ?query= in the address.'


@dataclass(eq=False)
class DocumentInvalid(AskedWrong):
    reason: str
    code = "TT117"
    status = 400

    @property
    def message(self) -> str:
        return self.reason if self.reason.endswith((".", "?", "!")) else f"{self.reason}."

    @property
    def hint(self) -> str:
        return "The Playground at /datamodel knows every field and completes its name."


@dataclass(eq=False)
class DocumentTooLarge(AskedWrong):
    what: str
    most: int
    code = "TT118"
    status = 400

    @property
    def message(self) -> str:
        return f"The query has more than {self.most:,} {self.what}."

    @property
    def hint(self) -> str:
        return "Ask in several requests."


@dataclass(eq=False)
class SearchWrong(AskedWrong):
    what: str
    advice: str
    code = "TT119"
    status = 400

    @property
    def message(self) -> str:
        return f"{self.what}."

    @property
    def hint(self) -> str:
        return f"{self.advice}."


@dataclass(eq=False)
class BadPattern(AskedWrong):
    pattern: str
    reason: str
    code = "TT120"
    status = 400

    @property
    def message(self) -> str:
        return f'"{shown(self.pattern)}" is no regular expression: {shown(self.reason)}.'

    @property
    def hint(self) -> str:
        return "It takes RE2 syntax, which has no look-around and no back-references."


@dataclass(eq=False)
class UnknownContact(AskedWrong):
    uuid: str
    code = "TT121"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no contact with the uuid "{shown(self.uuid)}".'

    @property
    def hint(self) -> str:
        return "addressBookContacts finds contacts by their names, numbers and addresses."


@dataclass(eq=False)
class NotOffered(AskedWrong):
    what: str
    code = "TT122"
    status = 501

    @property
    def message(self) -> str:
        return f"{self.what} is not offered yet."

    @property
    def hint(self) -> str:
        return "The tables at /tables and the searches of the Data Model are."


@dataclass(eq=False)
class TookTooLong(AskedWrong):
    seconds: float
    code = "TT123"
    status = 503

    @property
    def message(self) -> str:
        return f"The answer would take longer than {self.seconds:g} seconds."

    @property
    def hint(self) -> str:
        return "Ask for fewer days, or with fewer criteria at once."


@dataclass(eq=False)
class BodyNotJson(AskedWrong):
    media_type: str
    code = "TT124"
    status = 415

    @property
    def message(self) -> str:
        return f'The body of the request is of type "{shown(self.media_type)}".'

    @property
    def hint(self) -> str:
        return "Send it as application/json."


@dataclass(eq=False)
class HeadTooLarge(AskedWrong):
    kilobytes: int
    code = "TT125"
    status = 431

    @property
    def message(self) -> str:
        return f"The address and the headers of the request have more than {self.kilobytes} KB."

    @property
    def hint(self) -> str:
        return "Ask for less at once."


@dataclass(eq=False)
class NoHttp(AskedWrong):
    code = "TT126"
    status = 400

    @property
    def message(self) -> str:
        return "The request is not written as HTTP wants it."

    @property
    def hint(self) -> str:
        return "In addresses a blank is %20, and letters beyond ASCII are their bytes: %C3%BC."
