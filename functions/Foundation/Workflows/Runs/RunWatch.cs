using System.Runtime.CompilerServices;
using Foundation.Api;

namespace Foundation.Workflows;

/// <summary>The newest state of one run, whenever it has changed.</summary>
internal sealed class RunWatch(RunService runs, RunReads reads, RunWaiters waiters)
{
    private const string Gone = "gone";

    // A bound for the waiters' patience only: a watch ends by its own time.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    public WatchSource<RunResource> Of(Caller caller, ResourceId id) => (after, ct) => ChangesAsync(caller, id, after, ct);

    private async IAsyncEnumerable<WatchItem<RunResource>> ChangesAsync(
        Caller caller, ResourceId id, string? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var seen = after;
        if (seen is null)
        {
            seen = CursorOf(await runs.FindAsync(caller, id, ct));
            yield return new WatchItem<RunResource>(WatchKind.Position, seen);
        }

        while (seen != Gone)
        {
            var known = seen;
            var found = await waiters.UntilAsync(id, token => runs.FindAsync(caller, id, token), r => CursorOf(r) != known, LookAgain, ct);
            seen = CursorOf(found);
            if (seen != known)
            {
                yield return found is { } stored
                    ? new WatchItem<RunResource>(WatchKind.Updated, seen, stored.Run.IdText, await reads.WholeAsync(stored, ct))
                    : new WatchItem<RunResource>(WatchKind.Deleted, seen, id.ToText(RunRows.Prefix));
            }
        }
    }

    private static string CursorOf(StoredRun? stored) => stored is { } found ? ETags.Of(found.Row.Version).Trim('"') : Gone;
}
