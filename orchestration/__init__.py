"""Consumer negative feedback: from raw deliveries to an explained penalty list."""
