"""The words by which catalogues say that an artist is not known or not one: data for `attribution`.

Every entry is a regular expression for a whole word, in any case; a line lists some languages.
"""

__all__ = ["GENERATION", "NOBODY", "NOBODY_ALONE", "NOT_A_NAME", "SEVERAL"]

NOBODY = (  # wherever they stand: "unknown artist", "Artist unknown"
    # English, Latin, French, Spanish, Catalan, Galician, Portuguese, Italian, Romanian, Basque
    r"unknown unidentified unrecorded anonymous anonyme?s? anonymus anon not\sknown not\srecorded not\sidentified "
    r"ignotus incertus incerti sine\snomine inconnue?s? anonyme non\sidentifiée?s? non\sconnue?s? sans\snom "
    r"desconocid\w* desconegu\w* descoñecid\w* desconhecid\w* an[oóòô]nim[oae]?s? sin\sidentificar no\sidentificad\w* "
    r"não\sidentificad\w* ignot[oiae] sconosciut[oiae] non\sidentificat\w* necunoscut\w* ezezagun\w* "
    # German, Dutch, Danish, Norwegian, Swedish, Icelandic
    r"unbekannt\w* unbek nicht\sbekannt nicht\sidentifiziert namenlos\w* ohne\sangabe keine\sangabe onbekend\w* "
    r"anoniem niet\sbekend ukendt\w* ukjent\w* okänd\w* anonym\w* óþekkt\w* "
    # Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Croatian, Slovene
    r"неизвест\w* неизв не\sизвест\w* аноним\w* анонім\w* без\sавтора невідом\w* невядом\w* непознат\w* nepoznat\w* "
    r"neznan\w* "
    # Polish, Czech, Slovak, Hungarian, Finnish, Estonian, Latvian, Lithuanian, Albanian, Turkish, Greek
    r"nieznan\w* anonim\w* nezn[aá]m\w* neurčen\w* ismeretlen\w* tuntematon tuntemattom\w* tundmatu\w* nezinām\w* "
    r"nežinom\w* i\spanjohur bilinmeyen bilinmiyor άγνωστ\w* αγνωστ\w* ανώνυμ\w* "
    # Welsh, Irish, Indonesian, Vietnamese, Hebrew, Arabic, Persian, Hindi, Georgian, Armenian
    r"anhysbys anaithnid tidak\sdiketahui khuyết\sdanh vô\sdanh không\srõ לא\sידוע אלמוני אנונימי مجهول غير\sمعروف "
    r"ناشناس अज्ञात უცნობი անհայտ "
    # several at once
    r"multiple\sartists various\sartists various diverse\skünstler verschiedene\skünstler varios\sautores "
    r"autori\svari artisti\svari collectif коллектив\w* aa\.?\s?vv vv\.?\s?aa a\.\s?a\.\s?v\.\s?v"
)
NOBODY_ALONE = (  # where they are all there is, with signs around them
    r"n/?a nan none null nil nobody no\sartist no\smaker not\sapplicable not\savailable unassigned unattributed tbd "
    r"s\.?\s?n n\.?\s?n n\.?\s?n\.?\s?n k\.?\s?a o\.?\s?a o\.?\s?n s/a s/n n\.?\s?d б/а н/д н\.?\s?х нет x+ "
    r"diverse divers diversi vari varios vários verschiedene verschillende several разные künstler artist artista "
    r"autor author maker meister"
)
CJK_NOBODY = r"佚名|無名|无名|不詳|不详|不明|未知|未詳|无款|無款|미상|무명|ไม่ทราบ"
NOT_A_NAME = rf"{CJK_NOBODY}|^[\W_]*$"

GENERATION = (  # what tells two of one name apart
    r"elder|younger|senior|junior|sr|jr|père|fils|aîné|jeune|vecchio|giovane|maggiore|minore|viejo|joven|mayor|menor|"
    r"velho|moço|filho|neto|d\.?\s?ä|d\.?\s?j|der ältere|der jüngere|de oude|de jonge|старший|младший|starszy|młodszy|"
    r"[ivx]+|\d{1,2}"
)
SEVERAL = (
    r";|\||&|/|\+|、| and | with | und | mit | et | avec | и | con | en | met | og | och | ja | és | ve | та |"
    r" together |\bet al\b|\bet alii\b|\bu\. ?a\.|\be\. ?a\.|\band others\b|\be altri\b|\by otros\b|\bund andere\b"
)
