"""`python -m rag.cli` is `dateline`."""

import sys

from rag.cli import main

sys.exit(main())
