"""What users, voice menus and customers of the demo company write, choose and say, as vocabularies of columns."""

from datamodel.demo.services import SERVICES
from datamodel.demo.text import words

LANGUAGES = (*("it",) * 13, "en", "de", "sl")
"""What callers speak, by chance."""

IVR_LABELS = words(
    *(f"Menu principale > {service.code.replace('_', ' ').title()}" if service.number else "" for service in SERVICES)
)
"""The node of the voice menu from which a service is reached, by its number."""

_RESULTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "COMMERCIALE": (
        ("PREVENTIVO", ("INVIATO", "DA_PREPARARE")),
        ("INFORMAZIONI", ("LISTINO", "DISPONIBILITA", "SEDI")),
        ("APPUNTAMENTO", ("FISSATO", "SPOSTATO")),
        ("NON_INTERESSATO", ("PREZZO", "CONCORRENZA")),
    ),
    "ORDINI": (
        ("NUOVO_ORDINE", ("CONFERMATO", "IN_ATTESA")),
        ("STATO_ORDINE", ("IN_CONSEGNA", "IN_RITARDO", "CONSEGNATO")),
        ("MODIFICA", ("INDIRIZZO", "QUANTITA")),
        ("RECLAMO", ("MERCE_DANNEGGIATA", "MERCE_ERRATA")),
    ),
    "AMMINISTRAZIONE": (
        ("FATTURA", ("DUPLICATO", "CONTESTAZIONE", "SCADENZA")),
        ("PAGAMENTO", ("REGISTRATO", "RATEIZZATO")),
        ("DATI_CLIENTE", ("AGGIORNATI",)),
    ),
    "ASSISTENZA": (
        ("RISOLTO", ("AL_TELEFONO", "DA_REMOTO")),
        ("INTERVENTO", ("PROGRAMMATO", "URGENTE")),
        ("SECONDO_LIVELLO", ("APERTO_TICKET",)),
        ("DA_RICHIAMARE", ("ATTESA_CLIENTE", "ATTESA_RICAMBIO")),
    ),
    "CAMPAGNA": (
        ("INTERESSATO", ("CONTRATTO", "APPUNTAMENTO")),
        ("NON_INTERESSATO", ("PREZZO", "GIA_CLIENTE", "ALTRO")),
        ("DA_RICHIAMARE", ("OCCUPATO_ORA", "ALTRO_REFERENTE")),
    ),
    "RECEPTION": (("SMISTATA", ("SERVIZIO", "COLLEGA")), ("INFORMAZIONI", ("ORARI", "SEDI"))),
    "UNREACHED": (("NON_RISPONDE", ("SEGRETERIA", "NESSUNA_RISPOSTA")), ("OCCUPATO", ("OCCUPATO",))),
}
_GROUPS = {
    "RICAMBI": "ORDINI",
    "PRONTO_INTERVENTO_24H": "ASSISTENZA",
    "VERIFICA_CONTRATTI": "CAMPAGNA",
    "VIDEO_CONSULENZA": "COMMERCIALE",
    "LIVEHELP_COMMERCIALE": "COMMERCIALE",
}

_PAIRS = [(group, first, second) for group, of in _RESULTS.items() for first, seconds in of for second in seconds]

RESULTS = words(*(first for _, first, _ in _PAIRS)), words(*(second for _, _, second in _PAIRS))
"""The exit codes of both levels, pair by pair."""


def _group(code: str) -> str:
    known = _GROUPS.get(code, code)
    return next((group for group in _RESULTS if group in known), "RECEPTION")


def _span(group: str) -> tuple[int, int]:
    places = [place for place, pair in enumerate(_PAIRS) if pair[0] == group]
    return places[0], len(places)


RESULT_SPANS = tuple(_span(_group(service.code)) for service in SERVICES)
"""Where the pairs of each service begin, and how many there are."""

UNREACHED = _span("UNREACHED")
"""The same, for calls that nobody answered."""

NOTES = words(
    "Richiamare dopo le 15:30.",
    'Il cliente chiede "uno sconto del 10%"; sentire il commerciale.',
    "Consegna in ritardo:\nverificare con il magazzino.",
    "Già chiamato due volte, è seccato.",
    "=> girata al reparto tecnico",
    "Attende l'offerta via e-mail, entro venerdì.",
    "Caldaia mod. C-24, errore E07; sostituita la scheda.",
    "Tutto a posto 👍",
)

TAGS = words("Urgente", "Garanzia", "Reclamo scritto", "Cliente storico", "Trattativa in corso", "Segnalazione qualità")

QUESTIONS = words(
    "Buongiorno, vorrei sapere quando arriva il mio ordine.",
    "Salve, la caldaia segna errore E07, cosa devo fare?",
    "È possibile avere un preventivo per due climatizzatori?",
    "Non riesco ad accedere all'area clienti.",
    "Hello, do you ship to Slovenia?",
    "Potete mandarmi il duplicato della fattura n. 1204/A?",
    "Siete aperti sabato mattina?",
    "Il tecnico non è ancora arrivato…",
)

PAGES = words(
    "https://www.example.it/prodotti/climatizzatori",
    "https://www.example.it/assistenza?tema=caldaie&lingua=it",
    "https://www.example.it/carrello",
    "https://www.example.it/",
)

MESSENGERS = words("WhatsApp", "Modulo web", "Telegram")

SOURCES = words("Sito web", "Passaparola", "Radio locale", "Fiera di Verona", "Volantino")
"""How customers of the sales desk say they found the company."""

LISTS = words("Lista A/1", "Lista A/2", "Lista B", "Lista clienti 2019/2023")
"""The lists of campaigns."""

CENSUS = words("CREATED", "UPDATED", "REFUSED", "SKIPPED")

MENU_DATA = words(
    *(f"scelta={place % 9 + 1};lingua={tongue}" for place in range(len(SERVICES)) for tongue in LANGUAGES)
)
"""What the voice menu stores, by service and language (16 each)."""

_PREFIXES = {"ORDINI": "ORD-", "RICAMBI": "RIC-", "AMMINISTRAZIONE": "FT-"}
PREFIXES = words(*(_PREFIXES.get(service.code, "TCK-") for service in SERVICES))
"""What the numbers of orders, invoices and tickets begin with, by service."""
