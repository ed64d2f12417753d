"""What people write, in the platform's languages and their scripts; other languages fall back to English.

Among them are the characters that break careless software: emoji, quotes, marks of the writing direction, the
spelling of a NUL, and letters of four bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.random import Ints, hash_uniform
from generators.core.world import World

_COMMENTS = {
    "en": (
        "That bridge gives me goosebumps",
        "On repeat since Friday 🔥🔥🔥",
        "Who else is here before it blows up?",
        'My dad calls this "noise". He is wrong.',
        "The bass line at this point 😮‍💨",
        "Please come to Chennai!",
        "Mixed far too loud; the live take is better",
        "It's O'Brien on the sax, isn't it?",
        "Played it at our wedding ❤️",
        "\u200fمن أجمل ما سمعت\u200f and I don't speak a word of it",
        "Track name says \\u0000 on my car radio, lol",
        "𝄞 Beautiful 𝄞 🏳️‍🌈",
    ),
    "hi": (
        "दिल छू लिया इस गाने ने ❤️",
        "पहली बार सुना और फँस गया",
        "ये धुन बचपन की याद दिलाती है",
        "आवाज़ में जादू है 🔥",
        "“बस एक बार और” — रात के दो बज गए",
        "शादी में यही बजेगा!",
        "गीत अच्छा है, पर रीमिक्स फीका",
        "कोई लखनऊ से सुन रहा है?",
    ),
    "ta": (
        "மனதை உருக்கும் பாடல் ❤️",
        "இந்த வரி அருமை 🔥",
        "மீண்டும் மீண்டும் கேட்கிறேன்",
        "சென்னையில் எப்போது கச்சேரி?",
        "“ஒரே ஒரு முறை” என்று தொடங்கினேன்",
        "குரல் தேன் போல இருக்கிறது",
        "பழைய பதிப்பே சிறந்தது",
        "அம்மாவுக்கு மிகவும் பிடித்த பாடல்",
    ),
    "pt": (
        "Que refrão é esse, meu Deus 🔥",
        "Ouvi no ônibus e chorei",
        "Toca no São João, por favor!",
        "A introdução já vale o disco",
        "Minha avó disse: “isso sim é música”",
        "Produção impecável 👏🏽",
        "Prefiro a versão ao vivo",
        "Quem mais veio pelo reels?",
    ),
    "id": (
        "Lagunya bikin merinding 🔥",
        "Diputar terus tiap pagi",
        "Suaranya adem banget",
        "Kapan konser di Bandung?",
        "“Sekali lagi ya” — sudah jam tiga",
        "Liriknya kena di hati ❤️",
        "Versi akustiknya lebih enak",
        "Teman kos ikut nyanyi semua 😂",
    ),
}
_HEADLINES = {
    "en": ("Better with every listen", "Not their best", "A quiet masterpiece", "Overproduced", "Just listen", "5⭐"),
    "hi": ("हर बार नया", "उम्मीद से कम", "सुनना बनता है", "दिल से", "ठीक-ठाक"),
    "ta": ("ஒவ்வொரு முறையும் புதிது", "எதிர்பார்த்தது இல்லை", "கட்டாயம் கேளுங்கள்", "மனம் நிறைந்தது", "பரவாயில்லை"),
    "pt": ("Melhora a cada audição", "Esperava mais", "Uma joia discreta", "De coração", "Só ouça"),
    "id": ("Makin lama makin enak", "Kurang dari harapan", "Wajib dengar", "Dari hati", "Lumayan"),
}
_REVIEWS = {
    "en": (
        "The arrangements leave room for the voice, and the second half earns its length.",
        "Three strong songs and a lot of filler. The singles were the record.",
        "Recorded in one room and it shows, in the best way: you hear the chairs creak.",
        'The lyrics say "forever" forty times; the drums say it better.',
    ),
    "hi": (
        "सुरों में सादगी है और बोलों में गहराई; दूसरा हिस्सा बार-बार सुनने लायक है।",
        "तीन गाने बेहतरीन, बाकी भराव। फिर भी सुनिए।",
        "आवाज़ पास बैठी लगती है, जैसे घर में कोई गा रहा हो।",
    ),
    "ta": (
        "இசை அமைப்பு குரலுக்கு இடம் கொடுக்கிறது; இரண்டாம் பாதி இன்னும் சிறப்பு.",
        "மூன்று பாடல்கள் மட்டும் நிற்கின்றன, மற்றவை நிரப்பு.",
        "வரிகள் எளிமை, உணர்வு ஆழம்.",
    ),
    "pt": (
        "Os arranjos deixam a voz respirar, e a segunda metade justifica a duração.",
        "Três músicas ótimas e muito recheio. Os singles já diziam tudo.",
        "Gravado numa sala só, e dá para ouvir a cadeira ranger. Lindo.",
    ),
    "id": (
        "Aransemennya memberi ruang bagi vokal, dan paruh kedua layak ditunggu.",
        "Tiga lagu kuat, sisanya pengisi. Tetap layak dengar.",
        "Direkam dalam satu ruangan; terasa dekat dan jujur.",
    ),
}
_CAPTIONS = {
    "en": ("This one 👇", "For the road", "You have to hear this", "Mood"),
    "hi": ("ये सुनो 👇", "सफ़र के लिए", "आज का गाना"),
    "ta": ("இதைக் கேளுங்கள் 👇", "பயணத்துக்கு", "இன்றைய பாடல்"),
    "pt": ("Ouve essa 👇", "Pra estrada", "Trilha do dia"),
    "id": ("Dengar ini 👇", "Buat di jalan", "Lagu hari ini"),
}
_SHOW_NOTES = {
    "en": ("Stories behind the songs, one at a time.", "Producers take a track apart.", "Late talk with the band."),
    "hi": ("गीतों के पीछे की कहानियाँ।", "संगीतकारों से बातचीत।", "हर हफ़्ते एक राग, एक याद।"),
    "ta": ("பாடல்களுக்குப் பின்னால் உள்ள கதைகள்.", "இசையமைப்பாளர்களுடன் உரையாடல்.", "வாரம் ஒரு ராகம்."),
    "pt": ("As histórias por trás das canções.", "Produtores desmontam uma faixa.", "Papo de camarim."),
    "id": ("Kisah di balik lagu.", "Ngobrol bareng produser.", "Satu lagu, satu cerita."),
}
WRITTEN_IN = tuple(_COMMENTS)
"""Codes of the languages that people write in."""


def _comments(code: str) -> Sequence[str]:
    return _COMMENTS.get(code, _COMMENTS["en"])


def _headlines(code: str) -> Sequence[str]:
    return _HEADLINES.get(code, _HEADLINES["en"])


def _reviews(code: str) -> Sequence[str]:
    return _REVIEWS.get(code, _REVIEWS["en"])


def _captions(code: str) -> Sequence[str]:
    return _CAPTIONS.get(code, _CAPTIONS["en"])


def _show_notes(code: str) -> Sequence[str]:
    return _SHOW_NOTES.get(code, _SHOW_NOTES["en"])


_KINDS = {
    "show_notes": _show_notes, "comment": _comments, "headline": _headlines, "review": _reviews, "caption": _captions,
}  # fmt: skip


def written(world: World, kind: str, language: Ints, *keys: Ints) -> pa.Array:
    """A text of a kind (comment, headline, review, caption or show_notes) for each row, fixed by its keys.

    Args:
        language: index of each row's language.
    """
    pools = names.pools_of(_KINDS[kind], world.ref.language_codes)
    return pools.draw(language, hash_uniform(world.seed, f"texts.{kind}", *keys))


def language_of(world: World, language: Ints) -> Ints:
    """The language that people with an interface in ``language`` write in: theirs, or else English."""
    codes = world.ref.language_codes
    english = codes.index("en")
    return np.array([i if code in WRITTEN_IN else english for i, code in enumerate(codes)])[language]


def song_titles(world: World, language: Ints, row: Ints, version: Ints | int = 0) -> pa.Array:
    """Titles of recordings: of what they were published as, version 0, or renamed to, 1."""
    draw = hash_uniform(world.seed, "songs.title", row, np.asarray(version) + 0 * row)
    return names.pools_of(names.titles, world.ref.language_codes).draw(language, draw)


def album_titles(world: World, language: Ints, row: Ints) -> pa.Array:
    """Titles of releases."""
    return song_titles(world, language, row, 1_000_003)
