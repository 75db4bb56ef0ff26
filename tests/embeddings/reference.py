"""Vectors as sentence-transformers makes them; runs in an environment that has it.

`python reference.py FOLDER` reads texts as a JSON list and writes their vectors.
"""

import json
import sys

from sentence_transformers import SentenceTransformer

model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
vectors = model.encode(json.load(sys.stdin), show_progress_bar=False)
json.dump(vectors.tolist(), sys.stdout)
