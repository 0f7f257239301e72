package dev.postern.token.http1;

/** What a request target is: one that can be read in one way only, or a refusal. */
sealed interface ParsedTarget permits RequestTarget, Refusal { }
