"""Importers that turn data sets and exports of one origin into landing files."""
