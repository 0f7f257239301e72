// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.time.Duration;

/** One thing that can go wrong on purpose. Several that hit one call go wrong together, each at its own step of the call's way. */
public sealed interface Fault {
    /** The name that JSON and records use. */
    String kind();

    /** On which side of the change. */
    enum When {
        /** Nothing of the call has been applied, and unless it goes on after a delay, nothing will be. */
        BEFORE_APPLYING,
        /** All of it has been applied. */
        AFTER_APPLYING
    }

    /** The call waits, in real time: before it is applied (a caller that has given up is then surprised), or before its answer is sent. */
    record Delay(Duration time, When when) implements Fault {
        @Override
        public String kind() {
            return "delay";
        }
    }

    /**
     * Another answer than the true one, in the provider's error shape.
     *
     * @param status 400 to 599
     * @param retryAfterSeconds of the header Retry-After; null: there is none
     */
    record Status(int status, Integer retryAfterSeconds, When when) implements Fault {
        @Override
        public String kind() {
            return "status";
        }
    }

    /** No answer: the connection is held so long, in real time, and then closed. */
    record Timeout(Duration hold, When when) implements Fault {
        @Override
        public String kind() {
            return "timeout";
        }
    }

    /** The answer's body breaks off in the middle, and goes on with what is no JSON. Its length is declared rightly. */
    record Garbled() implements Fault {
        @Override
        public String kind() {
            return "garbled";
        }
    }

    /** The answer's body comes byte by byte, in real time. */
    record Trickle(Duration perByte) implements Fault {
        @Override
        public String kind() {
            return "trickle";
        }
    }

    /** Only the first half of what the call changes is changed; the answer says nothing of it. */
    record Partial() implements Fault {
        @Override
        public String kind() {
            return "partial";
        }
    }

    /** The change is taken on and then fails: status {@code failed}. */
    record Failed() implements Fault {
        @Override
        public String kind() {
            return "failed";
        }
    }

    /** The change is taken on and stays pending until the fault ends. */
    record Pending() implements Fault {
        @Override
        public String kind() {
            return "pending";
        }
    }
}
