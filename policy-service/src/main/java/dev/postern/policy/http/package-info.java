/**
 * HTTP routes of policies.
 *
 * <p>May import the core, postgres and http-edge.
 */
package dev.postern.policy.http;
