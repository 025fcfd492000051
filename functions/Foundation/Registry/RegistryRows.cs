using System.Collections.Immutable;
using Foundation.Registry.View;

namespace Foundation.Registry;

/// <summary>An instance as it stands in the store.</summary>
/// <param name="Member">The instance with its lease; null when there is no row.</param>
/// <param name="InstanceRow">Its row.</param>
/// <param name="LeaseRow">Its lease's row.</param>
internal sealed record StoredMember(Member? Member, Row? InstanceRow, Row? LeaseRow);

/// <summary>Loads an instance with its lease, and commits what was decided about it.</summary>
/// <remarks>
/// Whatever changes an instance's row changes its lease's row in the same commit. So a commit that names the lease's version is
/// refused when anything about the instance changed since it was read, also if the two rows were read on both sides of a commit.
/// </remarks>
internal sealed class RegistryRows(IStore store, Committer committer, RegistryView view, HostProfile profile, RegistryOptions options)
{
    /// <summary>Loads both rows.</summary>
    public async ValueTask<StoredMember> LoadAsync(string service, string instance, CancellationToken ct)
    {
        var (shard, name) = (RegistryTables.ShardOf(service, store.Shards), RegistryTables.FullName(service, instance));
        var lease = await store.FindAsync(shard, new RowKey(RegistryTables.Leases, name), ct);
        var row = await store.FindAsync(shard, new RowKey(RegistryTables.Instances, name), ct);
        if (lease is null || row is null)
        {
            // One of them was created or deleted between the reads: a commit will find out.
            return new StoredMember(null, row, lease);
        }

        var state = view.Correct(name, RegistryJson.Lease(lease));
        return new StoredMember(new Member(RegistryJson.Instance(row), state, view.DeadlineOf(name, state)), row, lease);
    }

    /// <summary>Loads the lease alone.</summary>
    public ValueTask<Row?> LoadLeaseAsync(string service, string instance, CancellationToken ct) => store.FindAsync(
        RegistryTables.ShardOf(service, store.Shards), new RowKey(RegistryTables.Leases, RegistryTables.FullName(service, instance)), ct);

    /// <summary>Commits what was decided.</summary>
    /// <returns>The version of the instance's row; null when somebody else was faster.</returns>
    public async ValueTask<RowVersion?> CommitAsync(StoredMember before, Member after, CancellationToken ct)
    {
        var name = after.Instance.FullName;
        var due = InstanceDecider.Due(after, profile.ClockSkew, options);
        // While the lease runs, its row keeps the place it waits in: a heartbeat is one write, and the sweep moves it once per lease.
        var kept = before.LeaseRow?.Due is { Lane: RegistryTables.LeasesLane } old
            && due is { Lane: RegistryTables.LeasesLane } wanted
            && old.At <= wanted.At
            ? old
            : due;
        var writes = ImmutableArray.CreateBuilder<Write>(2);
        writes.Add(Write(before.LeaseRow, new RowKey(RegistryTables.Leases, name), RegistryJson.Bytes(after.Lease), kept));
        if (!ReferenceEquals(before.Member?.Instance, after.Instance))
        {
            var key = new RowKey(RegistryTables.Instances, name);
            writes.Add(Write(before.InstanceRow, key, RegistryJson.Bytes(after.Instance), due: null));
        }

        var shard = RegistryTables.ShardOf(after.Instance.Service, store.Shards);
        if (await committer.CommitAsync(shard, writes.DrainToImmutable(), ct) is not CommitResult.Committed committed)
        {
            return null;
        }

        view.Apply(after.Instance, after.Lease);
        return committed.Versions.Length > 1 ? committed.Versions[1] : before.InstanceRow!.Version;
    }

    /// <summary>Commits a heartbeat that changes only the lease; false when somebody else was faster.</summary>
    public async ValueTask<bool> CommitLeaseAsync(string service, Row before, LeaseState after, CancellationToken ct)
    {
        Write write = new Write.Replace(before.Reference, RegistryJson.Bytes(after), before.Due);
        if (await committer.CommitAsync(RegistryTables.ShardOf(service, store.Shards), [write], ct) is not CommitResult.Committed)
        {
            return false;
        }

        view.Hear(before.Key.Text!, after);
        return true;
    }

    /// <summary>Deletes both rows; false when somebody else was faster.</summary>
    public async ValueTask<bool> DeleteAsync(StoredMember before, CancellationToken ct)
    {
        ImmutableArray<Write> writes = [new Write.Delete(before.InstanceRow!.Reference), new Write.Delete(before.LeaseRow!.Reference)];
        var state = before.Member!.Instance;
        if (await committer.CommitAsync(RegistryTables.ShardOf(state.Service, store.Shards), writes, ct) is not CommitResult.Committed)
        {
            return false;
        }

        view.Forget(state);
        return true;
    }

    private static Write Write(Row? before, RowKey key, byte[] state, Due? due) => before is null
        ? new Write.Insert(key, state, default, due)
        : new Write.Replace(before.Reference, state, due);
}
