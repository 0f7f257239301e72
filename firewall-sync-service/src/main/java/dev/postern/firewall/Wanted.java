package dev.postern.firewall;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who is to be let in, as it was read; and what of that is otherwise than in the reading before. Whoever reads walks all of it anyway and can say so, and who
 * plans then need not find it out a second time. It never changes: whoever still holds an older reading holds what was read then.
 */
public final class Wanted {
    /** Nobody: where nothing was read yet, or where a service is not. */
    public static final Wanted NOBODY = new Wanted(Set.of(), null, List.of(), List.of());

    private final Set<Access> accesses;
    private final WeakReference<Wanted> before; // or each would hold all that were before it
    private final List<Access> ended;
    private final List<Access> begun;

    private Wanted(Set<Access> accesses, Wanted before, List<Access> ended, List<Access> begun) {
        this.accesses = Collections.unmodifiableSet(accesses);
        this.before = new WeakReference<>(before);
        this.ended = ended;
        this.begun = begun;
    }

    /** The next reading. @return this one, if it says the same */
    public Wanted readAgain(Stream<Access> now) {
        Set<Access> read = new HashSet<>();
        List<Access> came = new ArrayList<>();
        now.forEach(access -> {
            if (read.add(access) && !accesses.contains(access)) {
                came.add(access);
            }
        });
        int goneCount = accesses.size() + came.size() - read.size();
        List<Access> gone = goneCount == 0 ? List.of() : accesses.stream().filter(access -> !read.contains(access)).limit(goneCount).toList();
        return came.isEmpty() && gone.isEmpty() ? this : new Wanted(read, this, gone, came);
    }

    /** Who is to be let in, each once. */
    public Set<Access> accesses() {
        return accesses;
    }

    /** What is otherwise than in {@code other}; empty unless that is the very reading before this, or this one: of all others nothing is known. */
    Optional<FirewallLayout.Change> since(Wanted other) {
        if (other == this) {
            return Optional.of(FirewallLayout.Change.NOTHING);
        }
        return before.refersTo(other) ? Optional.of(FirewallLayout.Change.of(ended.stream(), begun.stream())) : Optional.empty();
    }
}
