// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;

/**
 * Response of a service.
 *
 * @param status  the HTTP status
 * @param headers the headers
 * @param json    the body, where it was JSON; else a missing node
 */
public record ServiceResponse(int status, HttpHeaders headers, JsonNode json) {
    /** This answer, if it has the status. @throws AssertionError else, with the body */
    public ServiceResponse expect(int... statuses) {
        for (int expected : statuses) {
            if (status == expected) {
                return this;
            }
        }
        throw new AssertionError("status " + status + ": " + json);
    }
}
