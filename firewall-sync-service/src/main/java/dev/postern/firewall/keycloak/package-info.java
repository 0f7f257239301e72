/**
 * Keycloak's policy enforcer, made ready before the first request.
 *
 * <p>Knows nothing of the core.
 */
package dev.postern.firewall.keycloak;
