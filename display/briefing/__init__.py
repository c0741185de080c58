"""The weekly briefing: one value of a unit and a period, laid out as DOCX, PDF, XLSX and text."""
