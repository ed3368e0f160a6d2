"""What comes in: judged, decided about, answered by a receipt, kept or passed on."""
