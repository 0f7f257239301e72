package dev.postern.token.http;

import dev.postern.token.AccessRequest.Granted;

/**
 * The grant behind a live token.
 *
 * @param introspection what introspection tells of the token, as it is sent; nobody changes it
 */
record CachedGrant(Granted grant, byte[] introspection) { }
