"""Personal data in texts: found by what it looks like, called by tokens instead, and put back. Pure.

Written here rather than taken: `phonenumbers` (23 MB) needs 1.3 s of CPU for a megabyte to find numbers with a country code
and a country to be told for all others; packages that find names and addresses bring language models. What is recognised
here is what has a form or a check digit of its own. All of it takes time that grows with the text: every expression is bounded.
"""

from annotation.domain.masking.kinds import KINDS, Kind
from annotation.domain.masking.mask import WITHHELD, Finder, Mask

__all__ = ["KINDS", "WITHHELD", "Finder", "Kind", "Mask"]
