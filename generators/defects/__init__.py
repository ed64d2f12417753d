"""Defects on purpose: which there are (``kinds``) and how a clean day gets them (``apply``)."""

from generators.defects.inject import apply, defects_folder
from generators.defects.kinds import ADDED_SEQUENCE, DEFECTS, Defect

__all__ = ["ADDED_SEQUENCE", "DEFECTS", "Defect", "apply", "defects_folder"]
