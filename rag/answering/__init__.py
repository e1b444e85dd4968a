"""From hits to an answer: choosing evidence, composing it, and saying when there is none."""
