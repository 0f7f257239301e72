package dev.postern.token.http1;

/** What the head of a request is: one that can be read in one way only, or a refusal. */
sealed interface ParsedHead permits RequestHead, Refusal { }
