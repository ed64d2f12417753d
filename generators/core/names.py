"""Pools of names and texts in the right locales, drawn from by index.

Names of people and companies were drawn by Faker once (``drawn_names``); rows draw from them by hash or stream.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from generators.core.random import Floats, Ints


@dataclass(frozen=True)
class NamePool:
    """Names of people in Latin letters, as they stand in accounts."""

    female: list[str]
    male: list[str]
    family: list[str]


@cache
def _drawn() -> dict[tuple[str, str], list[str]]:
    """Names by kind and country, in the order in which they were drawn."""
    found: dict[tuple[str, str], list[str]] = {}
    text = files("generators.data").joinpath("names.csv").read_text(encoding="utf-8")
    for kind, country, name in csv.reader(text.splitlines()[1:]):
        found.setdefault((kind, country), []).append(name)
    return found


@cache
def people_names(country_code: str) -> NamePool:
    """Given and family names of a country that has names of its own (``COUNTRIES``); American ones elsewhere."""
    country = country_code if country_code in COUNTRIES else COUNTRIES[-1]
    return NamePool(*(_drawn()[kind, country] for kind in ("female", "male", "family")))


def female_names(country_code: str) -> list[str]:
    """Given names of women."""
    return people_names(country_code).female


def male_names(country_code: str) -> list[str]:
    """Given names of men."""
    return people_names(country_code).male


def given_names(country_code: str) -> list[str]:
    """Given names of anyone."""
    return [*female_names(country_code), *male_names(country_code)]


def family_names(country_code: str) -> list[str]:
    """Family names."""
    return people_names(country_code).family


_WORDS: dict[str, tuple[list[str], list[str]]] = {
    "en": (
        [
            "Midnight",
            "Golden",
            "Broken",
            "Electric",
            "Silent",
            "Neon",
            "Summer",
            "Winter",
            "Paper",
            "Crystal",
            "Velvet",
            "Hollow",
            "Distant",
            "Burning",
            "Silver",
            "Wild",
            "Lonely",
            "Secret",
            "Endless",
            "Falling",
            "Rising",
            "Faded",
            "Sacred",
            "Lost",
            "Blue",
            "Crimson",
            "Quiet",
            "Restless",
        ],
        [
            "Heart",
            "River",
            "Sky",
            "Dreams",
            "City",
            "Fire",
            "Rain",
            "Road",
            "Lights",
            "Shadow",
            "Ocean",
            "Echo",
            "Dance",
            "Garden",
            "Letters",
            "Horizon",
            "Moon",
            "Stars",
            "Mirror",
            "Storm",
            "Highway",
            "Summer",
            "Wings",
            "Silence",
            "Memory",
            "Thunder",
            "Avenue",
            "Tide",
        ],
    ),
    "hi": (
        [
            "मेरा",
            "तेरा",
            "नया",
            "पुराना",
            "सुनहरा",
            "गहरा",
            "प्यारा",
            "टूटा",
            "अधूरा",
            "पहला",
            "आख़िरी",
            "खोया",
            "मीठा",
            "नीला",
            "रंगीन",
            "सच्चा",
            "पागल",
            "उड़ता",
        ],
        [
            "दिल",
            "सपना",
            "रास्ता",
            "बादल",
            "चाँद",
            "सावन",
            "इश्क़",
            "शहर",
            "आसमान",
            "गीत",
            "सफ़र",
            "मौसम",
            "ख़त",
            "साया",
            "सवेरा",
            "वादा",
            "दरिया",
            "तारा",
        ],
    ),
    "ta": (
        [
            "என்",
            "உன்",
            "புதிய",
            "பழைய",
            "பொன்",
            "ஆழ்ந்த",
            "இனிய",
            "உடைந்த",
            "முதல்",
            "கடைசி",
            "நீல",
            "வண்ண",
            "மௌன",
            "தூர",
            "காதல்",
            "வெண்",
        ],
        [
            "இதயம்",
            "கனவு",
            "பாதை",
            "மேகம்",
            "நிலா",
            "மழை",
            "காதல்",
            "நகரம்",
            "வானம்",
            "பாடல்",
            "பயணம்",
            "காலம்",
            "கடிதம்",
            "நிழல்",
            "விடியல்",
            "நதி",
        ],
    ),
    "pt": (
        [
            "Meu",
            "Teu",
            "Novo",
            "Velho",
            "Dourado",
            "Profundo",
            "Doce",
            "Quebrado",
            "Primeiro",
            "Último",
            "Perdido",
            "Azul",
            "Louco",
            "Eterno",
            "Selvagem",
            "Sereno",
            "Distante",
            "Secreto",
        ],
        [
            "Coração",
            "Sonho",
            "Caminho",
            "Céu",
            "Luar",
            "Verão",
            "Amor",
            "Rio",
            "Mar",
            "Samba",
            "Destino",
            "Tempo",
            "Segredo",
            "Olhar",
            "Amanhecer",
            "Desejo",
            "Horizonte",
            "Abraço",
        ],
    ),
    "id": (
        [
            "Hati",
            "Mimpi",
            "Jalan",
            "Awan",
            "Bulan",
            "Hujan",
            "Cinta",
            "Kota",
            "Langit",
            "Lagu",
            "Kisah",
            "Musim",
            "Surat",
            "Bayang",
            "Fajar",
            "Sungai",
            "Laut",
            "Senja",
        ],
        [
            "Baru",
            "Lama",
            "Emas",
            "Dalam",
            "Manis",
            "Retak",
            "Pertama",
            "Terakhir",
            "Hilang",
            "Biru",
            "Gila",
            "Abadi",
            "Liar",
            "Tenang",
            "Jauh",
            "Rahasia",
            "Sunyi",
            "Indah",
        ],
    ),
    "te": (
        ["నా", "నీ", "కొత్త", "పాత", "బంగారు", "తీపి", "మొదటి", "నీలి"],
        ["హృదయం", "కల", "దారి", "మేఘం", "వెన్నెల", "వాన", "ప్రేమ", "పాట"],
    ),
    "pa": (
        ["ਮੇਰਾ", "ਤੇਰਾ", "ਨਵਾਂ", "ਪੁਰਾਣਾ", "ਸੋਹਣਾ", "ਮਿੱਠਾ", "ਪਹਿਲਾ", "ਨੀਲਾ"],
        ["ਦਿਲ", "ਸੁਪਨਾ", "ਰਾਹ", "ਬੱਦਲ", "ਚੰਨ", "ਸਾਉਣ", "ਇਸ਼ਕ", "ਗੀਤ"],
    ),
    "bn": (
        ["আমার", "তোমার", "নতুন", "পুরনো", "সোনালি", "মধুর", "প্রথম", "নীল"],
        ["হৃদয়", "স্বপ্ন", "পথ", "মেঘ", "চাঁদ", "বৃষ্টি", "প্রেম", "গান"],
    ),
    "mr": (
        ["माझं", "तुझं", "नवं", "जुनं", "सोनेरी", "गोड", "पहिलं", "निळं"],
        ["मन", "स्वप्न", "वाट", "आभाळ", "चांदणं", "पाऊस", "प्रेम", "गाणं"],
    ),
    "ml": (
        ["എന്റെ", "നിന്റെ", "പുതിയ", "പഴയ", "പൊൻ", "മധുര", "ആദ്യ", "നീല"],
        ["ഹൃദയം", "സ്വപ്നം", "വഴി", "മേഘം", "നിലാവ്", "മഴ", "പ്രണയം", "ഗാനം"],
    ),
    "es": (
        ["Mi", "Tu", "Nuevo", "Viejo", "Dorado", "Dulce", "Primer", "Loco", "Eterno"],
        ["Corazón", "Sueño", "Camino", "Cielo", "Verano", "Amor", "Mar", "Destino"],
    ),
    "ko": (
        ["나의", "너의", "새로운", "오래된", "금빛", "달콤한", "첫", "푸른"],
        ["마음", "꿈", "길", "구름", "달", "비", "사랑", "노래"],
    ),
    "ja": (
        ["私の", "君の", "新しい", "古い", "金の", "甘い", "最初の", "青い"],
        ["心", "夢", "道", "雲", "月", "雨", "愛", "歌"],
    ),
    "ar": (
        ["قلبي", "حلمي", "طريقي", "سمائي", "قمري", "حبي", "بحري", "زماني"],
        ["الجديد", "القديم", "الذهبي", "الحلو", "الأول", "الأزرق", "الضائع", "الأبدي"],
    ),
}


@cache
def titles(language: str) -> list[str]:
    """Titles of songs in a language and its script: all pairs of an adjective and a noun."""
    first, second = _WORDS.get(language, _WORDS["en"])
    return [f"{a} {b}" for a in first for b in second]


@cache
def lyrics(language: str) -> list[str]:
    """Synthetic verses in a language and its script."""
    words = [*_WORDS[language][0], *_WORDS[language][1]]
    rng = np.random.Generator(np.random.Philox(key=[7_003, len(words)]))
    picks = rng.integers(0, len(words), size=(64, 4, 5))
    return ["\n".join(" ".join(words[w] for w in line) for line in verse) for verse in picks]


@cache
def stage_names(country_code: str) -> list[str]:
    """Names of artists: people and bands."""
    pool = people_names(country_code)
    adjectives, nouns = _WORDS["en"]
    solo = [f"{g} {f}" for g, f in zip([*pool.female, *pool.male], [*pool.family] * 2, strict=False)]
    bands = [f"The {a} {_plural(n)}" for a in adjectives[::3] for n in nouns[::3]]
    return [*solo, *bands]


@cache
def company_names() -> list[str]:
    """Names of companies."""
    return _drawn()["company", ""]


@dataclass(frozen=True)
class Pools:
    """Lists of texts to draw from."""

    size: Ints
    first: Ints
    """Where each pool begins in all of them."""
    code: NDArray[np.int32]
    """Of each text in the vocabulary, pool by pool."""
    vocabulary: pa.Array

    @staticmethod
    def of(texts: Sequence[Sequence[str]]) -> Pools:
        """Pools of these texts; best kept, as this takes longer than a day's draws from them."""
        size = np.array([len(pool) for pool in texts])
        coded = pa.array([text for pool in texts for text in pool], pa.string()).dictionary_encode()
        return Pools(size, np.cumsum(size) - size, coded.indices.to_numpy(), coded.dictionary)

    def draw(self, which: Ints, uniform: Floats) -> pa.Array:
        """One text per row out of the row's pool, as a dictionary array.

        Args:
            which: index of the row's pool.
            uniform: number in [0, 1) that selects within the pool.
        """
        codes = self.code[self.first[which] + (uniform * self.size[which]).astype(np.int64)]
        return pa.DictionaryArray.from_arrays(codes, self.vocabulary)


@lru_cache(maxsize=64)
def pools_of(texts: Callable[[str], Sequence[str]], keys: tuple[str, ...]) -> Pools:
    """A pool for each of the keys, such as ``titles`` of languages; kept."""
    return Pools.of([texts(key) for key in keys])


COUNTRIES = ("IN", "BR", "ID", "US")
"""Countries whose people have names of their own; those of the others are named as in the last."""


@lru_cache(maxsize=8)
def pool_of_countries(codes: tuple[str, ...]) -> Ints:
    """Index into COUNTRIES for each country."""
    return np.array([COUNTRIES.index(code) if code in COUNTRIES else len(COUNTRIES) - 1 for code in codes])


def join(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """Texts joined row by row, at least one of them an array; strings stand for themselves."""
    return pc.binary_join_element_wise(*map(_plain, parts), separator)


def padded(numbers: Ints, width: int) -> pa.Array:
    """Numbers as texts of at least ``width`` digits."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _plain(part: pa.Array | str) -> pa.Array | pa.Scalar:
    if isinstance(part, str):
        return pa.scalar(part, pa.string())
    return part if pa.types.is_string(part.type) else part.cast(pa.string())


def _plural(noun: str) -> str:
    """Plural of an English noun of the word lists."""
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
