"""The words by which catalogues qualify the name of an artist, in the languages that museums write in.

Each row is one kind of qualifier: what it is called, its place, and its words. The place says what the graph, the
latents, the worklist and the page make of it:

``master``  the work is by the artist who is named: it is linked to the artist's other works;
``group``   the work is by a group that has the artist's name, as a workshop: works of that group are linked to each
            other, and never to those of the artist;
``nobody``  the work is linked to nobody.

"Attributed to" links to nobody: a museum writes it where it is not certain, works by one artist teach the autoencoder
what sets artists apart, and one wrong name does more harm there than a missing one. Such works are compared with the
artist by ``artgraph worklist`` instead. Followers, pupils, circles and schools are many people who did not work
together, so a common name does not make them one group; copyists and imitators are of any time.

In ``words`` and ``start`` every entry is a regular expression for a whole word, in any case, ``\\s`` for a blank;
``start`` holds words that qualify only where the text begins with them; ``cjk`` is one regular expression for scripts
that set no blanks between words. Of a text with several kinds, the earliest row gives its name to the whole.
"""

from typing import NamedTuple

__all__ = ["KINDS", "Kind"]


class Kind(NamedTuple):
    """One kind of qualifier.

    Attributes
    ----------
    name : in English.
    place : "master", "group" or "nobody".
    words, start, cjk : see the module.
    """

    name: str
    place: str
    words: str
    start: str = ""
    cjk: str = ""


KINDS = (
    Kind(
        "forgery",
        "nobody",
        # en, fr, de, it, es, nl, ru
        r"forger\w* fake faux contrefaçon fälschung falso falsificación falsificatie vervalsing подделк\w* фальсификат",
        cjk=r"^[伪偽赝贗]|[伪偽赝贗]作|贋作",
    ),
    Kind(
        "copy",
        "nobody",
        # English
        r"after copy copies copied copyist derived based\son replica "
        # French, German, Italian, Spanish, Portuguese, Dutch
        r"d'après copie copiste kopie kopist kopieën nachbildung copia copista réplica según kopieerde gekopieerd "
        # Danish, Norwegian, Swedish, Finnish, Hungarian, Polish, Czech
        r"kopio másolat kopia według "
        # Russian
        r"копи[яи]\w* копиист\w* оригинал\w* реплика повторение",
        start=r"nach|naar|da\sun\soriginale|efter(?=\s)|jäljitt\w+|wg|podle|по",
        cjk=r"^[摹临臨]|[摹临臨]本|模写|模本|写し|複製|复制|複写|原画|に基づく|に倣って|之後$",
    ),
    Kind(
        "formerly attributed",
        "nobody",
        # English, French, German, Italian, Spanish, Dutch, Russian
        r"formerly previously ancienn?ement autrefois ehemals früher vormals ehem già\sattribu\w* in\spassato "
        r"antiguamente anteriormente voorheen vroeger прежде ранее бывш\w*",
        cjk=r"旧伝|舊傳|旧传|旧归|舊歸|曾归|曾歸|かつて",
    ),
    Kind(
        "imitator",
        "nobody",
        r"imitat(?:or|ors|ion|ed) imitateurs? imité imitation imitatore imitatori imitazione imitador(?:es)? imitación "
        r"nachahmer\w* nachahmung imitatie navolgend naśladowca подражател\w* подражание",
        start=r"imit",
        cjk=r"^[仿倣]|[仿倣]作|模仿|模倣|仿者",
    ),
    Kind(
        "follower",
        "nobody",
        r"follow(?:er|ers|ing) suiveurs? continuateurs? seguac[ei] seguidor(?:es)? nachfolger? nachfolge navolgers? "
        r"navolging követője następca následovník последовател\w*",
        start=r"follow",
        cjk=r"追随者|追隨者|後継者|后继者",
    ),
    Kind(
        "pupil",
        "nobody",
        r"pupils? students? assistants? disciples? élèves? apprenti allievo allieva allievi scolaro discepolo aiuto "
        r"discípul[oa]s? alumn[oa]s? ayudante schüler(?:in|s)? gehilfe leerling\w* assistent ученик\w* ученица "
        r"подмастерь\w* помощник\w*",
        cjk=r"弟子|门人|門人|门生|門生|学生$|學生$|高弟",
    ),
    Kind(
        "circle",
        "nobody",
        r"circle entourage associates? milieu vicinity cercle proche\sde cerchia ambito "
        r"entorno círculo circulo cercle\sde umkreis umfeld kreis\s(?:um|des|von) kring omgeving nabijheid "
        r"krets\w* köre krąg okruh "
        r"κύκλος круг[а]? окружени\w*",
        start=r"circle|near(?=\s)",
        cjk=r"周辺|周邊|周边|周围|周圍|圈子|の圏$",
    ),
    Kind(
        "manner",
        "nobody",
        r"manner style styled manière genre\sde dans\sle\sgoût maniera stile al\smodo\sdi "
        r"estilo a\smodo\sde (?:a\sla\s)?manera "
        r"inspired\sby inspirée?\s(?:par|de) influence\sde ispirat[oa]\sal? inspirad[oa]\s(?:en|por) "
        r"manier manieren im\sstil stil\s(?:von|des|der) in\sder\sart trant stijl манер[аеы] стил[ьея]",
        start=r"art\sdes|art\sder|art\svon",
        cjk=r"风格|風格|样式|樣式|様式|(?<=[\u4e00-\u9fff]{4})風$|の風$|画風|畫風",
    ),
    Kind(
        "school",
        "nobody",
        r"school école ecole scuola escuela escola schule szkoła škola σχολή школ[аы]",
        cjk=r"(?<=[\u3000-\u9fff])派$|[画畫]派",
    ),
    Kind(
        "attributed",
        "nobody",
        r"attribu\w* attr attrib ascribed assign(?:ed)? zugeschr\w* zuschreibung atribu[iï]\w* toegeschr\w* "
        r"tilskrevet tillskriv\w* tulajdon\w* przypis\w* přips\w* připisov\w* приписыва\w* приписан\w* атрибу\w* "
        r"приписується αποδίδεται",
        start=r"att",
        cjk=r"^[伝傳传](?!説)|伝承|传为|傳為|归于|歸於|归属|歸屬|归之|帰属|款$|款识$",
    ),
    Kind(
        "doubtful",
        "nobody",
        # English, French, Italian, Spanish, Portuguese
        r"probably possibly perhaps presumably maybe likely peut-être probablement sans\sdoute présumée? "
        r"forse probabilmente presunt[oa] possibilmente quiz[aá]s? posiblemente probablemente possivelmente "
        r"provavelmente talvez acaso "
        # German, Dutch, Danish, Norwegian, Swedish, Finnish, Hungarian
        r"vermutlich möglicherweise wahrscheinlich angeblich fraglich vielleicht mogelijk vermoedelijk waarschijnlijk "
        r"wellicht misschien möjligen troligen muligens muligvis sandsynligvis sannsynligvis mahdollisesti "
        r"luultavasti valószínűleg "
        # Polish, Czech, Russian, Ukrainian
        r"prawdopodobnie możliwe pravděpodobně snad возможно вероятно предположительно может\sбыть можливо",
        start=r"wohl(?=\s)|전(?=\s)",
        cjk=r"\?|可能|疑为|疑為|おそらく|(?<=[\u4e00-\u9fff])か$",
    ),
    Kind(
        "workshop",
        "group",
        r"workshop studio ateliers? bottega taller oficina werkstatt werkplaats obrador verkstad värksted műhely\w* "
        r"warsztat\w* dílna εργαστήριο мастерск\w+ ателье студи[яи] майстерня",
        cjk=r"工房|工作室|作坊|[画畫]室$",
    ),
    Kind(
        "certain",
        "master",
        r"autograph eigenhändig eigenhandig autografo autógraf[oa] autographe собственноручно signed signé signée "
        r"signiert firmato firmado gesigneerd",
        start=r"by(?=\s)|(?:painted|drawn|signed|executed)\sby|par(?=\s)|peint\spar|de\sla\smain\sde|gemalt\svon|"
        r"von\sder\shand|von\sder\shand\sdes|dipinto\sda|di\smano\sdi|pintado\spor|de\smano\sde|geschilderd\sdoor|"
        r"door(?=\s)|работы(?=\s)|кисти(?=\s)",
        cjk=r"真迹|真跡|真筆|自筆|[親亲][筆笔]|(?<=[\u3000-\u9fff]{2})[筆笔]$",
    ),
)
