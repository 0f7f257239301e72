package dev.postern.token.gateway;

/** The result of parsing a request head: an unambiguous head or a refusal. */
sealed interface ParsedHead permits RequestHead, Refusal { }
