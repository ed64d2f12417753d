"""Defects on purpose: which there are (``kinds``), how a clean day gets them (``apply``), and wrong documents."""

from generators.defects.inject import apply, defects_folder
from generators.defects.kinds import ADDED_SEQUENCE, DEFECTS, Defect
from generators.defects.settlement import MISSTATED, misstate

__all__ = ["ADDED_SEQUENCE", "DEFECTS", "MISSTATED", "Defect", "apply", "defects_folder", "misstate"]
