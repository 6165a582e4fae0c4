"""Files of customers: what their columns are taken for, and what their rows say."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from widget.domain.addresses import shown
from widget.domain.csv_files import Line, bare_header, stream_lines
from widget.domain.customers import ATTRIBUTE, FIELDS, SIDE_FIELDS, Details, Field, problems
from widget.domain.errors import FileRefused
from widget.domain.request_files import decode
from widget.domain.spreadsheets import check_unpacked, is_spreadsheet, spreadsheet_lines

MOST_ROWS = 200_000
MOST_BYTES = 25 * 1024 * 1024
LONGEST_CELL = 2_000
_LONGEST_IN_NOTE = 40

# What a row does: what its details do to the directory, or `repeated` when an earlier row of the
# file was about the same customer.
ROW_OUTCOMES = ("new", "changed", "same", "repeated", "error")

FileFormat = Literal["csv", "xlsx"]

# What a column is taken for: one of these, `ATTRIBUTE` and a name, or "" to leave it out. Parts of
# a name become one name.
NAME_PARTS = ("first_name", "last_name")
TARGETS = (*FIELDS, *NAME_PARTS)

# What a column may be called, as `bare_header` gives it: English, German, French, Spanish, Italian,
# Portuguese, Dutch, Polish, and what other systems write into their files.
ALIASES: dict[str, tuple[str, ...]] = {
    "email": (
        *("email", "emailaddress", "mail", "emails", "customeremail", "contactemail", "e-mail"),
        *("emailadresse", "mailadresse", "courriel", "adresseemail", "adressemail", "adressee"),
        *("correo", "correoelectronico", "correoelectrónico", "indirizzoemail", "postaelettronica"),
        *("endereçodeemail", "enderecodeemail", "emailadres", "adresemail", "メール", "البريد"),
    ),
    "name": (
        *("name", "fullname", "customername", "customer", "contact", "contactname", "displayname"),
        *("kunde", "kundenname", "ansprechpartner", "nomcomplet", "client_name", "nombrecompleto"),
        *("nomecompleto", "nominativo", "volledigenaam", "naam", "imięinazwisko", "氏名", "الاسم"),
    ),
    "first_name": (
        *("firstname", "givenname", "vorname", "prénom", "prenom", "nombre", "voornaam", "imię"),
        *("imie", "primeironome", "名"),
    ),
    "last_name": (
        *("lastname", "surname", "familyname", "nachname", "familienname", "nom", "nomdefamille"),
        *("apellido", "apellidos", "cognome", "sobrenome", "apelido", "achternaam", "nazwisko"),
        *("姓",),
    ),
    "external_id": (
        *("externalid", "customerid", "id", "userid", "contactid", "recordid", "crmid", "customid"),
        *("kundennummer", "kundennr", "kundenid", "numéroclient", "numeroclient", "idclient"),
        *("idcliente", "códigocliente", "codigocliente", "codicecliente", "klantnummer"),
        *("klantid", "numerklienta", "idklienta", "顧客番号"),
    ),
    "client": (
        *("client", "company", "companyname", "account", "accountname", "organisation"),
        *("organization", "organizationname", "firma", "firmenname", "unternehmen", "société"),
        *("societe", "entreprise", "empresa", "compañía", "compania", "azienda", "società"),
        *("societa", "bedrijf", "bedrijfsnaam", "nazwafirmy", "会社名", "الشركة"),
    ),
    "segment": (
        *("segment", "customersegment", "tier", "kundensegment", "segmento", "segmentclient"),
        *("klantsegment", "customertype", "lifecyclestage"),
    ),
    "language": (
        *("language", "lang", "locale", "preferredlanguage", "sprache", "langue", "idioma"),
        *("lingua", "língua", "taal", "język", "jezyk", "言語", "اللغة"),
    ),
    "country": (
        *("country", "countrycode", "land", "ländercode", "pays", "codepays", "país", "pais"),
        *("paese", "kraj", "国"),
    ),
    "time_zone": (
        *("timezone", "tz", "zeitzone", "fuseauhoraire", "zonahoraria", "fusoorario"),
        *("fusohorário", "fusohorario", "tijdzone", "strefaczasowa"),
    ),
}
_BY_ALIAS = {bare_header(alias): name for name, aliases in ALIASES.items() for alias in aliases}

# An address as mail programs copy it: `Kim Larsen <kim@customer.example>`, quoted or not.
_NAMED_ADDRESS = re.compile(r"([^<>]*)<\s*([^<>\s]+@[^<>\s]+)\s*>")

TEMPLATE: tuple[tuple[str, ...], ...] = (
    ("email", "name", "external id", "client", "segment", "language", "country", "time zone"),
    (
        *("kim@customer.example", "Kim Larsen", "C-1042", "Initech", "Enterprise", "da", "DK"),
        "Europe/Copenhagen",
    ),
)


def format_of(content: bytes) -> FileFormat:
    """What sort of file it is. Raises FileRefused for one that is empty, too large, or neither."""
    if not content.strip():
        raise FileRefused("Choose a file that holds something.")
    if len(content) > MOST_BYTES:
        raise FileRefused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB; split it.")
    if is_spreadsheet(content):
        check_unpacked(content)
        return "xlsx"
    decode(content, MOST_BYTES)
    return "csv"


def file_lines(
    content: bytes,
    form: FileFormat,
    sheet_lines: Callable[[bytes], Iterator[Line]] = spreadsheet_lines,
) -> Iterator[Line]:
    """The lines of a file that hold something, headers first, cells cut to what is read.
    `sheet_lines` reads spreadsheets.

    Raises FileRefused where the file cannot be read, or has too many rows.
    """
    lines = sheet_lines(content) if form == "xlsx" else stream_lines(decode(content, MOST_BYTES))
    for index, (number, cells) in enumerate(lines):
        if index > MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS:,} rows; split it.")
        yield number, [cell.strip()[:LONGEST_CELL].replace("\0", "") for cell in cells]


def guess_mapping(headers: Sequence[str], before: Mapping[str, str]) -> list[str]:
    """What columns are taken for, by how they were mapped `before` (by bare header), else by their
    names. A column that nobody knows is an attribute with its own name; one without a name is left
    out, and so is a second one for the same field."""
    found: list[str] = []
    for header in headers:
        bare = bare_header(header)
        taken = before.get(bare, _BY_ALIAS.get(bare))
        if taken is None:
            taken = f"{ATTRIBUTE}{header}" if header else ""
        found.append("" if taken and taken in found else taken)
    return found


def mapping_problem(mapping: Sequence[str]) -> str | None:
    """Why nobody could be told from others by a mapping, or what is taken twice; None if fine."""
    chosen = [target for target in mapping if target]
    twice = next((target for target in chosen if chosen.count(target) > 1), None)
    if twice is not None:
        return f"Two columns are taken for the same: {twice.removeprefix(ATTRIBUTE)}."
    if "email" not in chosen and "external_id" not in chosen:
        return "Say which column holds the email addresses, or ids of your own."
    return None


def details_of(cells: Sequence[str], mapping: Sequence[str]) -> Details:
    """What a row says. An empty cell says nothing: it takes away nothing that is known. A name that
    stands before the address is taken where the row has no other."""
    said = {
        target: cell
        for target, cell in zip(mapping, cells, strict=False)
        if target and cell.strip()
    }
    name = " ".join(said[part] for part in NAME_PARTS if part in said)
    if "email" in said:
        before, said["email"] = _name_and_address(said["email"])
        name = name or before
    if name and "name" not in said:
        said["name"] = name
    fields: dict[Field, str] = {field: said[field] for field in FIELDS if field in said}
    attributes = {
        target.removeprefix(ATTRIBUTE): text
        for target, text in said.items()
        if target.startswith(ATTRIBUTE)
    }
    return Details(fields, attributes)


def usable(details: Details, now: datetime) -> tuple[Details, str]:
    """A row's details without the side fields that cannot be kept, and a note on those, "" without
    any: a country written out is no reason to leave somebody out."""
    if not any(name in details.fields for name in SIDE_FIELDS):
        return details, ""
    wrong = problems(details, now)
    left_out = [name for name in SIDE_FIELDS if name in wrong]
    notes = [
        f"The {name.replace('_', ' ')} “{shown(details.fields[name], _LONGEST_IN_NOTE)}” is left"
        f" out. {wrong[name]}"
        for name in left_out
    ]
    return details.without(left_out), " ".join(notes)


def _name_and_address(cell: str) -> tuple[str, str]:
    """The name before an address, "" without one, and the address; a cell that holds anything else
    is the address as it stands."""
    found = _NAMED_ADDRESS.fullmatch(cell.strip())
    if found is None:
        return "", cell
    name, email = found.group(1).strip(" \t\"'"), found.group(2)
    if name.lower() == email.lower():
        return "", email
    # Another address there makes it a list, and nobody could say who of them is meant.
    return ("", cell) if "@" in name else (name, email)
