using System.Runtime.CompilerServices;
using Foundation.Api;
using Foundation.Registry.View;

namespace Foundation.Registry;

/// <summary>Watches of instances: what their rows say after each change. Heartbeats change no such row, and tell nobody.</summary>
internal sealed class RegistryWatch(IStore store, RegistryRows rows, RegistryView view, TimeProvider time)
{
    /// <summary>What changes of the instances that a filter holds; what it holds no longer is gone for the watcher.</summary>
    public WatchSource<InstanceResource> Of(InstanceFilter filter) => (after, ct) => ChangesAsync(filter, after, ct);

    private async IAsyncEnumerable<WatchItem<InstanceResource>> ChangesAsync(
        InstanceFilter filter, string? after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in store.WatchAsync(RegistryTables.Instances, after, ct))
        {
            // A watch from now on begins with the place where now is; later ones mean that something was missed.
            var begins = change.Kind == ChangeKind.Resync && after is null;
            after ??= change.Cursor;
            yield return change.Kind != ChangeKind.Resync ? await ReadAsync(change, filter, ct)
                : new WatchItem<InstanceResource>(begins ? WatchKind.Position : WatchKind.Resync, change.Cursor);
        }
    }

    private async ValueTask<WatchItem<InstanceResource>> ReadAsync(Change change, InstanceFilter filter, CancellationToken ct)
    {
        var name = change.Key.Text!;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (service, instance) = (name[..slash], name[(slash + 1)..]);
        if ((filter.Service is not null && filter.Service != service) || (filter.Name is not null && filter.Name != name))
        {
            return new WatchItem<InstanceResource>(WatchKind.Position, change.Cursor);
        }

        var stored = await rows.LoadAsync(service, instance, ct);
        return stored.Member is { Instance.Phase: not InstancePhase.Removed } member
            && Shown(member.Instance) is var shown
            && filter.Holds(shown, time.GetUtcNow())
            ? new WatchItem<InstanceResource>(
                WatchKind.Updated, change.Cursor, name, InstanceAnswers.Resource(member.Instance, member.Lease, shown, time.GetUtcNow()))
            : new WatchItem<InstanceResource>(WatchKind.Deleted, change.Cursor, name);
    }

    // The view may be behind the row where several processes write; what changes from moment to moment it knows best.
    private Instance Shown(InstanceState state)
    {
        var known = view.Snapshot.Find(state.FullName);
        if (known?.Source?.Revision == state.Revision)
        {
            return known;
        }

        var health = known?.Generation == state.Generation ? known.Health : null;
        return InstanceFactory.From(state, known?.Activity ?? new InstanceActivity(), health);
    }
}
