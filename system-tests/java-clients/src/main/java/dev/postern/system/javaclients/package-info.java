// SPDX-License-Identifier: Apache-2.0
/**
 * Java clients of the DigitalOcean API, run by the system tests in a process of their own.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.system.javaclients;
