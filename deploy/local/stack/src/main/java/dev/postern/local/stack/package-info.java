// SPDX-License-Identifier: Apache-2.0
/**
 * The local stack: starts and ends all processes of Postern on one machine, and walks through the demo.
 *
 * <p>A tool: may import anything but the services, which it starts as processes.
 */
package dev.postern.local.stack;
