"""The words that catalogues write dates with, in the languages of museums: data for `artgraph.dates`.

All texts are in lower case, in Unicode form NFKC, with "-" for every dash. Where a word is a regular expression, it is
matched as a whole word.
"""

__all__ = [
    "AFTER_CHRIST", "BEFORE_CHRIST", "BETWEEN", "CALENDARS", "CENTURIES", "CENTURIES_BY_NAME", "CENTURIES_IN_WORDS",
    "CENTURIES_SHORT", "CIRCA", "DECADES", "DECADES_BEFORE", "DECADE_ENDINGS", "MILLENNIA", "NOT_THE_DATE", "ORDINALS",
    "PARTS", "TURN", "UNITS",
]  # fmt: skip

# A century, written out; and shortened, which only counts after an ordinal or a Roman number: "XVII s.", "19th c."
CENTURIES = (
    r"centur(?:y|ies)|cent\.?|jahrhundert\w*|jahrh\.?|jh(?:dt|d|s|dts)?\.?|siècles?|siecles?|siglos?|séculos?|seculos?|segles?|"
    r"secol(?:o|i|ul)|sec\.?|saec\.?|saeculi|eeuw\w*|век\w*|вв\.?|в\.?|столет\w+|століт\w+|ст\.|stolet\w+|století|"
    r"stol\.|stoljeć\w+|vek\w*|wiek\w*|század\w*|yüzyıl\w*|yy\.|αιώνα\w*|αι\.|århund\w+|vuosisa\w+"
)
CENTURIES_SHORT = r"c\.?|s\.|w\.|st\.|sz\."
CENTURIES_IN_WORDS = {  # English, German, French: from the eleventh
    11: "eleventh|elfte[ns]?|onzième",
    12: "twelfth|zwölfte[ns]?|douzième",
    13: "thirteenth|dreizehnte[ns]?|treizième",
    14: "fourteenth|vierzehnte[ns]?|quatorzième",
    15: "fifteenth|fünfzehnte[ns]?|quinzième",
    16: "sixteenth|sechzehnte[ns]?|seizième",
    17: "seventeenth|siebzehnte[ns]?|dix-septième",
    18: "eighteenth|achtzehnte[ns]?|dix-huitième",
    19: "nineteenth|neunzehnte[ns]?|dix-neuvième",
    20: "twentieth|zwanzigste[ns]?|vingtième",
    21: "twenty-first|einundzwanzigste[ns]?|vingt et unième",
}
CENTURIES_BY_NAME = {  # Italian: the hundreds after the thousand
    1200: "duecento|dugento", 1300: "trecento", 1400: "quattrocento", 1500: "cinquecento", 1600: "seicento",
    1700: "settecento", 1800: "ottocento", 1900: "novecento",
}  # fmt: skip
MILLENNIA = r"millenni\w+|mill\.|millénaires?|milenios?|milênios?|jahrtausend\w*|jt\.|тысячелет\w+|тыс\.|tysiącleci\w+"
DECADES_BEFORE = r"années|anni|años|anys|anos|década de|decada de|jaren|lata|latach|roky|los|les|gli"
DECADE_ENDINGS = r"'?s|er(?:\sjahren?)?|-?х|-?е|-?ті|-tal\w*|-luvu\w*|-luku|年代|년대"
DECADES = r"jahren?|léta|лет|годы|годов|гг\.?|年代"  # "70er Jahre des 19. Jahrhunderts"

# Parts of a period: where they begin and end in it.
PARTS = (
    (0.0, 0.25, r"early|earlier|begin|beginning|start|früh\w*|anfang|anf\.|début|debut|inizi\w*|principios?|comienzos|"
                r"início|inicio|começo|vroeg\w*|начал\w+|нач\.|początek|początku|pocz\.|začát\w+|zač\.|tidig\w*|in\.|"
                r"初\w?|初頭|초"),
    (0.375, 0.625, r"mid|middle|mitte|milieu|metà|mediados|meados|midden|середин\w+|сер\.|połowa|polovina|med\.|"
                   r"中期|中頃|중반"),
    (0.75, 1.0, r"late|later|end|spät\w*|ende|fin|fine|finales|fines|finais|final|fim|eind\w*|laat|late|кон\w{2}|"
                r"кон\.|koniec|końca|konec|konce|ex\.|末\w?|말"),
    (0.0, 0.5, "前半|전반"),
    (0.5, 1.0, "後半|后半|후반"),
)  # fmt: skip
ORDINALS = {
    1: r"1st|1a|1o|first|1\.|erste\w?|premi[eè]re?|1re|1ère|1er|prim[oa]|primer[oa]?|primeir[oa]|eerste|перв\w+|1-[йя]|"
       r"pierwsz\w+|první|i",
    2: r"2nd|2a|2o|second|2\.|zweite\w?|deuxième|seconde?|2e|2nde|second[oa]|segund[oa]|tweede|втор\w+|2-[йя]|drug\w+|"
       r"druh\w+|ii",
    3: r"3rd|3a|3o|third|3\.|dritte\w?|troisième|3e|terz[oa]|tercer[oa]?|terceir[oa]|derde|трет\w+|3-[йя]|"
       r"trzeci\w+|iii",
    4: r"4th|4a|4o|fourth|4\.|vierte\w?|quatrième|4e|quart[oa]|cuart[oa]|vierde|четв[её]рт\w+|4-[йя]|iv",
    -1: r"last|letzte\w?|derni[eè]re?|ultim[oa]|últim[oa]|laatste|последн\w+|ostatni\w*|poslední",
}  # fmt: skip
UNITS = {
    2: r"half|hälfte|h\.|moitié|metà|mitad|metade|helft|половин\w+|пол\.|połow\w+|poł\.|polovin\w+|pol\.",
    3: r"third|drittel|tiers|terzo|tercio|terço|derde|треть\w*",
    4: r"quarter|viertel|quart|quarto|cuarto|kwart|четверт\w+|четв\.|ćwierć\w*|čtvrtina",
}
TURN = r"turn|wende|jahrhundertwende|tournant|рубеж\w*|przełom\w*|přelom\w*|cambio|svolta|eeuwwisseling"

CIRCA = (
    r"c|ca|cca|circa|about|around|approx|approximately|probably|possibly|perhaps|before|after|by|um|gegen|etwa|wohl|"
    r"vor|nach|spätestens|vers|env|environ|avant|après|hacia|hac|aprox|verso|entro|dopo|prima del|около|ок|до|после|"
    r"omstreeks|rond|omkring|około|ok|kolem|kring|noin|頃|约|約"
)
BETWEEN = (
    r"-|/|~|〜|to|until|till|through|and|or|bis|und|oder|à|au|et|ou|ed?|al?|tot|en|of|y|o|u|и|или|по|do|i|och|eller|"
    r"til|og|から|至"
)
NOT_THE_DATE = (  # numbers behind these words are not when it was made
    r"acquired|accession\w*|acc|purchased?|bought|bequest|gift|donated|erworben|schenkung|ankauf|acquis\w*|don de|"
    r"adquirid\w*|donaci\w+|поступ\w+|приобрет\w+|restored|restauriert|born|b|geb|née?|nato|nata|nacid[oa]|род|no|nr|n°|№|inv|cat|kat|lot|fig|abb|pp?"
)

BEFORE_CHRIST = (
    r"b\.?\s?c\.?(?:\s?e\.?)?|v\.?\s?chr\w*\.?|v\.?\s?u\.?\s?z\.?|av(?:ant|\.)?\s?j\.?(?:[\s-]?c\.?|ésus\S*)?|"
    r"a\.\s?(?:de\s)?c\.?|ac|a\.\s?chr\.?|до\s?н\.?\s?[эе]\.?|до нашей эры|до р\.?\s?х\.?|p\.?\s?n\.?\s?e\.?|"
    r"przed chr\w*|př\.\s?(?:n\.?\s?l|kr)\.?|i\.\s?e\.|kr\.?\s?e\.|f\.?\s?kr\.?|ekr\.?|v\.?\s?o\.?\s?t\.?|"
    r"π\.?\s?χ\.?|m\.?ö\.?|î\.?\s?(?:hr|e\.?\s?n)\.?"
)
AFTER_CHRIST = (
    r"a\.?\s?d\.?|c\.?\s?e\.?|anno domini|n\.?\s?chr\w*\.?|u\.?\s?z\.|ap(?:rès|r|\.)?\.?\s?j\.?(?:[\s-]?c\.?|ésus\S*)?|"
    r"d\.\s?c\.?|н\.?\s?э\.?|n\.?\s?e\.|po kr\.?|n\.?\s?l\.|e\.?\s?kr\.?|jkr\.?|μ\.?\s?χ\.?|m\.?s\."
)
# Other calendars: the marks, then factor and offset of the year of ours that a year of theirs begins in.
CALENDARS = (
    (r"a\.?\s?h\.?|anno hegirae|hijri|hégire|هـ", 0.970224, 621.57),
    (r"samvat|v\.\s?s\.|vikram\w*", 1.0, -57.0),
    (r"saka|śaka|shaka", 1.0, 78.0),
    (r"b\.\s?e\.|พ\.ศ\.", 1.0, -543.0),
)
