// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import java.util.List;

/**
 * A request target, decoded once. Nothing of the raw text goes on: the upstream URL is built from the template that matched.
 *
 * @param segments of the path, none empty, none made of dots
 * @param query    the parameters in their order
 */
public record RequestTarget(List<String> segments, List<Parameter> query) implements ParsedTarget {
    /** One query parameter. */
    public record Parameter(String name, String value) {}
}
