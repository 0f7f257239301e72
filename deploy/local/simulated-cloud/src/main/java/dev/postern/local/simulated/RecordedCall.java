// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.List;
import java.util.Map;

/**
 * One call that the simulation answered.
 *
 * @param account whose token it bore; null if it bore none that is known
 * @param path without the query
 * @param query as it came, without the question mark; null if there was none
 * @param requestHeaders names in lower case; never {@code authorization}
 * @param requestBody null where there was none or bodies are not recorded
 * @param status 0 where the connection was closed without an answer
 * @param answerHeaders names in lower case
 * @param answerBody null where there was none or bodies are not recorded
 * @param startedMicros when the request was read, in microseconds since the epoch
 * @param tookMicros until the answer was handed to the connection
 * @param faults what went wrong with it on purpose, as {@code id: kind}, in the order of the steps
 */
public record RecordedCall(String account, String method, String path, String query, Map<String, String> requestHeaders, String requestBody,
                           int status, Map<String, String> answerHeaders, String answerBody, long startedMicros, long tookMicros, List<String> faults) {
}
