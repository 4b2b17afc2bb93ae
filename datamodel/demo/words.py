"""Italian words that people, companies and addresses are made of."""

FIRST_NAMES = (
    "Anna", "Marco", "Giulia", "Luca", "Francesca", "Andrea", "Sara", "Matteo", "Chiara", "Davide", "Elena", "Paolo",
    "Martina", "Stefano", "Valentina", "Roberto", "Silvia", "Simone", "Laura", "Alessandro", "Federica", "Giorgio",
    "Ilaria", "Nicolò", "Beatrice", "Antonio", "Caterina", "Michele", "Monica", "Fabio", "Paola", "Daniele", "Marta",
    "Enrico", "Claudia", "Riccardo", "Barbara", "Filippo", "Teresa", "Giovanni", "Angela", "Lorenzo", "Cristina",
    "Emanuele", "Irene", "Pietro", "Noemi", "Salvatore", "Alice", "Tommaso", "Rosa", "Vincenzo", "Camilla", "Massimo",
    "Serena", "Gabriele", "Lucia", "Edoardo", "Veronica", "Dario", "Gaia", "Alberto", "Sofia", "Giuseppe",
)  # fmt: skip

SURNAMES = (
    "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno",
    "Gallo", "Conti", "De Luca", "Mancini", "Costa", "Giordano", "Rizzo", "Lombardi", "Moretti", "Barbieri", "Fontana",
    "Santoro", "Mariani", "Rinaldi", "Caruso", "Ferrara", "Galli", "Martini", "Leone", "Longo", "Gentile", "Martinelli",
    "Vitale", "Lombardo", "Serra", "Coppola", "De Santis", "D'Angelo", "Marchetti", "Parisi", "Villa", "Conte",
    "Ferraro", "Ferri", "Fabbri", "Bianco", "Marini", "Grasso", "Valentini", "Messina", "Sala", "De Angelis", "Gatti",
    "Pellegrini", "Palumbo", "Sanna", "Farina", "Rizzi", "Monti", "Cattaneo", "Morelli", "Amato", "Silvestri",
    "Mazza", "Testa", "Grassi", "Pellegrino", "Carbone", "Giuliani", "Benedetti", "Barone", "Rossetti", "Caputo",
    "Montanari", "Guerra", "Palmieri", "Bernardi", "Martino", "Fiore", "De Rosa", "Ferretti", "Bellini", "Basile",
    "Riva", "Donati", "Piras", "Vitali", "Battaglia", "Sartori", "Neri", "Costantini", "Milani", "Pagano", "Ruggiero",
    "Sorrentino", "D'Amico", "Orlando", "Zanetti", "Negri",
)  # fmt: skip

CITIES = (
    # city, province, CAP, area code
    ("Milano", "MI", "20121", "02"), ("Roma", "RM", "00184", "06"), ("Torino", "TO", "10123", "011"),
    ("Napoli", "NA", "80133", "081"), ("Bologna", "BO", "40121", "051"), ("Firenze", "FI", "50122", "055"),
    ("Padova", "PD", "35121", "049"), ("Bari", "BA", "70121", "080"), ("Genova", "GE", "16121", "010"),
    ("Verona", "VR", "37121", "045"), ("Venezia", "VE", "30121", "041"), ("Trieste", "TS", "34121", "040"),
    ("Palermo", "PA", "90133", "091"), ("Catania", "CT", "95124", "095"), ("Cagliari", "CA", "09124", "070"),
    ("Bergamo", "BG", "24121", "035"), ("Brescia", "BS", "25121", "030"), ("Modena", "MO", "41121", "059"),
    ("Parma", "PR", "43121", "0521"), ("Perugia", "PG", "06121", "075"), ("Ancona", "AN", "60121", "071"),
    ("Pescara", "PE", "65121", "085"), ("Trento", "TN", "38122", "0461"), ("Bolzano", "BZ", "39100", "0471"),
    ("Udine", "UD", "33100", "0432"), ("Lecce", "LE", "73100", "0832"), ("Pisa", "PI", "56125", "050"),
    ("Forlì", "FC", "47121", "0543"), ("Aosta", "AO", "11100", "0165"), ("L'Aquila", "AQ", "67100", "0862"),
)  # fmt: skip

STREETS = (
    "Via Roma", "Via Garibaldi", "Corso Italia", "Via Mazzini", "Via Dante", "Viale Europa", "Via Verdi",
    "Piazza Cavour", "Via della Libertà", "Via San Francesco", "Via dell'Industria", "Via Marconi", "Viale dei Tigli",
    "Via Galvani", "Corso Vittorio Emanuele II", "Via delle Rose", "Via XX Settembre", "Largo Kennedy",
)  # fmt: skip

TRADES = (
    "Impianti", "Costruzioni", "Trasporti", "Arredamenti", "Elettronica", "Alimentari", "Meccanica", "Tessuti",
    "Serramenti", "Ceramiche", "Grafica", "Farmaceutici", "Servizi", "Logistica", "Ristorazione", "Energia",
)  # fmt: skip

COMPANY_FORMS = ("S.r.l.", "S.p.A.", "S.n.c.", "& Figli S.r.l.", "S.a.s.", "Soc. Coop.")

DEPARTMENTS = ("Acquisti", "Amministrazione", "Produzione", "Direzione", "Manutenzione", "Logistica", "Vendite", "IT")

ROLES = ("Responsabile", "Impiegata", "Impiegato", "Titolare", "Direttore", "Tecnico", "Assistente", "Consulente")

CATEGORIES = ("Cliente", "Cliente premium", "Fornitore", "Rivenditore", "Potenziale cliente", "Partner")

CONTACT_NOTES = (
    "Preferisce essere richiamato al mattino.", "Parla anche inglese.", "Contratto in scadenza a fine anno.",
    'Chiede sempre del "signor Paolo".', "Pagamento a 60 giorni; verificare.", "Non disturbare dopo le 18:00.",
    "Sede chiusa ad agosto,\nsentire il magazzino.", "Perché non risponde: usa solo la posta elettronica.",
)  # fmt: skip

ABROAD = (
    # country, city, postcode, prefix before three digits; the ranges that regulators keep for fiction where they do
    ("Francia", "Lyon", "69002", "+3319900"), ("Germania", "Berlin", "10115", "+493023125"),
    ("Regno Unito", "London", "SW1A 1AA", "+447700900"), ("Svizzera", "Lugano", "6900", "+4144555"),
    ("Slovenia", "Koper", "6000", "+3861555"), ("Austria", "Wien", "1010", "+431555"),
)  # fmt: skip

MOBILE_PREFIXES = (
    "+39320", "+39327", "+39328", "+39329", "+39333", "+39335", "+39338", "+39339", "+39340", "+39345", "+39347",
    "+39348", "+39349", "+39366", "+39380", "+39388", "+39389", "+39391", "+39392", "+39393",
)  # fmt: skip
