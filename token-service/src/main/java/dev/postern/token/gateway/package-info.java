/**
 * The DigitalOcean API gateway: the HTTP/1.1 guard, the steps of a call, and the upstream side.
 *
 * <p>May import the core, call, truth and http-edge.
 */
package dev.postern.token.gateway;
