// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

/** Says in Cedar what may be granted. */
public final class PolicyAuthor {
    private final Caller caller;
    private final String policyService;

    /** An author who calls policy-service at a base URL. */
    public PolicyAuthor(Caller caller, String policyService) {
        this.caller = caller;
        this.policyService = policyService;
    }

    /** Puts a new policy. */
    public void put(String id, String cedar) {
        caller.put(policyService + "/policies/" + id, "text/plain; charset=utf-8", cedar, "If-None-Match", "*").expect(200, 201);
    }

    /** Puts a policy, whether or not there is one of that name. */
    public void putAnyway(String id, String cedar) {
        String url = policyService + "/policies/" + id;
        boolean present = caller.get(url).status() == 200;
        caller.put(url, "text/plain; charset=utf-8", cedar, present ? "If-Match" : "If-None-Match", "*").expect(200, 201);
    }
}
