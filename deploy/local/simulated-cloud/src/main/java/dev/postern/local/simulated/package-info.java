// SPDX-License-Identifier: Apache-2.0
/**
 * Parts that the simulated providers share: the HTTP front, the record of calls, and faults.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.local.simulated;
