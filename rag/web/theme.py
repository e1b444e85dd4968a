"""Gradio's plain theme in Dateline's colours, which are variables of style.css."""

from __future__ import annotations

import gradio as gr

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")

_COLOURS = {
    "paper": ["body_background_fill", "background_fill_primary"],
    "tint": [
        "background_fill_secondary",
        "color_accent_soft",
        "button_secondary_background_fill_hover",
        "button_cancel_background_fill_hover",
    ],
    "field": [
        "input_background_fill",
        "button_secondary_background_fill",
        "button_cancel_background_fill",
    ],
    "ink": ["body_text_color", "button_secondary_text_color"],
    "muted": [
        "body_text_color_subdued",
        "block_label_text_color",
        "block_title_text_color",
        "input_placeholder_color",
    ],
    "rule": ["border_color_primary"],
    "edge": ["input_border_color", "button_secondary_border_color"],
    "accent": [
        "color_accent",
        "input_border_color_focus",
        "button_primary_background_fill",
        "button_primary_border_color",
        "button_cancel_border_color",
        "button_cancel_text_color",
    ],
    "accent-strong": ["button_primary_background_fill_hover", "button_primary_border_color_hover"],
    "on-accent": ["button_primary_text_color"],
}


def theme() -> gr.themes.Base:
    """The theme; light and dark have the same names, whose colours the style sheet changes."""
    values = {
        part + suffix: f"var(--{colour})"
        for colour, parts in _COLOURS.items()
        for part in parts
        for suffix in ("", "_dark")
        if (part, suffix) != ("color_accent", "_dark")  # the one that Gradio does not know
    }
    values |= dict.fromkeys(("block_background_fill", "block_background_fill_dark"), "transparent")
    plain = gr.themes.Base(font=_SANS, font_mono=("ui-monospace", "monospace"), radius_size="sm")
    return plain.set(block_border_width="0px", input_border_width="1px", **values)
