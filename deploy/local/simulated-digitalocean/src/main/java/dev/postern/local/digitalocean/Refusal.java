package dev.postern.local.digitalocean;

/** A call that is refused: HTTP status and DigitalOcean's error members {@code id} and {@code message}. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String id;

    Refusal(int status, String id, String message) {
        super(message, null, false, false); // an answer, not an accident: no stack trace to pay for
        this.status = status;
        this.id = id;
    }

    int status() {
        return status;
    }

    String id() {
        return id;
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, "bad_request", message);
    }

    static Refusal unauthorized() {
        return new Refusal(401, "Unauthorized", "Unable to authenticate you");
    }

    static Refusal notFound() {
        return new Refusal(404, "not_found", "The resource you were accessing could not be found.");
    }

    static Refusal conflict(String message) {
        return new Refusal(409, "conflict", message);
    }

    static Refusal preconditionFailed(String message) {
        return new Refusal(412, "precondition_failed", message);
    }

    static Refusal unprocessable(String message) {
        return new Refusal(422, "unprocessable_entity", message);
    }
}
