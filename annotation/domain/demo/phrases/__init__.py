"""What guests and the booking agent say, by language. Pure."""

from annotation.domain.demo.phrases import eastern, english, semitic, western
from annotation.domain.demo.phrases.pack import Pack

PACKS: tuple[Pack, ...] = (english.PACK, *western.PACKS, *semitic.PACKS, *eastern.PACKS)
ENGLISH = english.PACK
OTHERS = PACKS[1:]

__all__ = ["ENGLISH", "OTHERS", "PACKS", "Pack"]
