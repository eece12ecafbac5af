"""How far people who judged the same things agree, beyond chance, and how strong things are that were compared. Pure.

A *unit* is what was judged, with the value that each rater gave it; raters may miss units. Where a figure is not
defined, because no unit has two values or no value differs from any other, it is None: neither 0 nor 1.
"""

from annotation.domain.agreement.alpha import Alpha, alpha, krippendorff
from annotation.domain.agreement.kappa import Kappa, cohen, fleiss, raw
from annotation.domain.agreement.scales import Scale
from annotation.domain.agreement.strengths import Strength, strengths

__all__ = ["Alpha", "Kappa", "Scale", "Strength", "alpha", "cohen", "fleiss", "krippendorff", "raw", "strengths"]
