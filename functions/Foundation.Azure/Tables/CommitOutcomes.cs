namespace Foundation.Azure.Tables;

/// <summary>
/// Finds out whether a commit was stored. A reply may be lost after the transaction was, and a second try then meets its own rows; so
/// rows carry the id of the commit that created them and of the one that wrote them last.
/// </summary>
internal sealed class CommitOutcomes(TableDirectory tables, int parallel)
{
    // A version that no row has: others wrote the row since, so whoever uses it meets a conflict.
    private static readonly RowVersion Gone = new(0, "W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"");

    /// <summary>What the rows say.</summary>
    /// <param name="Committed">The commit, when a row or its marker has its stamp.</param>
    /// <param name="Overtaken">
    /// No row has the stamp, but none is as it was before either: had the commit been stored, others might have written over all of it.
    /// </param>
    public readonly record struct Outcome(CommitResult.Committed? Committed, bool Overtaken);

    public async ValueTask<Outcome> FindAsync(Attempt attempt, CancellationToken ct)
    {
        var commit = attempt.Commit;
        var partition = tables.Partition(commit.Shard);
        var stamped = attempt.Marker is { } marker
            && await partition.FindAsync(marker, RowEntity.Stamps, ct) is { } stamp
            && RowEntity.WrittenBy(stamp, commit.Id);
        var rows = attempt.Marker is null
            ? await Bounded.SelectAsync(commit.Writes, parallel, w => LookAsync(partition, commit.Id, w, ct))
            : [];
        if (stamped || rows.Any(r => r.Own))
        {
            return new Outcome(new CommitResult.Committed([.. commit.Writes.Select((_, i) => stamped ? default : rows[i].Version)]), false);
        }

        return new Outcome(null, attempt.Marker is null && rows.All(r => r.Changed));
    }

    // The row moved together with its entry, or the caller named a due that the row of this version never had: a bug, said loudly.
    public async ValueTask CheckEntryAsync(Commit commit, int write, CancellationToken ct)
    {
        var before = Before(commit.Writes[write])!.Value;
        var row = await tables.Partition(commit.Shard).FindAsync(EntityKeys.Row(before.Key), null, ct);
        if (row is not null && RowEntity.Version(row) == before.Version)
        {
            throw new InvalidOperationException($"{before.Key} has no index entry in '{before.Due?.Lane}' at {before.Due?.At}; its row says {RowEntity.DueOf(row)}");
        }
    }

    private static async Task<Look> LookAsync(Partition partition, CommitId id, Write write, CancellationToken ct)
    {
        var row = await partition.FindAsync(EntityKeys.Row(write.Key), RowEntity.Stamps, ct);
        if (write is Write.Delete d)
        {
            return new Look(false, default, row is null || RowEntity.Version(row) != d.Before.Version);
        }

        if (row is null)
        {
            return new Look(false, Gone, write is Write.Replace);
        }

        var written = RowEntity.WrittenBy(row, id);
        var created = RowEntity.CreatedByCommit(row, id);
        // A row inserted by others is proof that this commit, which is all or nothing, was not stored.
        var changed = write is Write.Replace r && RowEntity.Version(row) != r.Before.Version;
        return new Look(written || created, written ? RowEntity.Version(row) : Gone, changed);
    }

    private static RowReference? Before(Write write) => write switch
    {
        Write.Replace r => r.Before,
        Write.Delete d => d.Before,
        _ => null,
    };

    private readonly record struct Look(bool Own, RowVersion Version, bool Changed);
}
