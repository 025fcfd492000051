namespace Foundation.Azure.Tables;

/// <summary>
/// Finds out whether a commit was stored. A reply may be lost after the transaction was, and a second try then meets its own rows; so
/// each row carries the stamps of the last commits that wrote it.
/// </summary>
internal sealed class CommitOutcomes(TableDirectory tables, int parallel)
{
    // A version that no row has: others wrote the row since, so whoever uses it meets a conflict.
    private static readonly RowVersion Gone = default(CommitChain).ToVersion("W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"");

    /// <summary>What the rows say.</summary>
    /// <param name="Committed">The commit, when a row or its marker has its stamp.</param>
    /// <param name="Unknown">
    /// No row has the stamp, and none proves that it never had: had the commit been stored, others might have deleted its rows or
    /// written them so often that no trace is left.
    /// </param>
    public readonly record struct Outcome(CommitResult.Committed? Committed, bool Unknown);

    public async ValueTask<Outcome> FindAsync(Attempt attempt, CancellationToken ct)
    {
        var commit = attempt.Commit;
        var partition = tables.Partition(commit.Shard);
        var stamped = attempt.Marker is { } marker
            && await partition.FindAsync(marker, RowEntity.Stamps, ct) is { } stamp
            && RowEntity.ChainOf(stamp).Has(commit.Id);
        var rows = attempt.Marker is null
            ? await Bounded.SelectAsync(commit.Writes, parallel, w => LookAsync(partition, commit.Id, w, ct))
            : [];
        if (stamped || rows.Any(r => r.Own))
        {
            var versions = commit.Writes.Select((_, i) => stamped ? default : rows[i].Version);
            return new Outcome(new CommitResult.Committed([.. versions]), false);
        }

        return new Outcome(null, attempt.Marker is null && rows.All(r => !r.NotStored));
    }

    // The row moved together with its entry, or the caller named a due that the row of this version never had: a bug, said loudly.
    public async ValueTask CheckEntryAsync(Commit commit, int write, CancellationToken ct)
    {
        var before = Before(commit.Writes[write])!.Value;
        var row = await tables.Partition(commit.Shard).FindAsync(EntityKeys.Row(before.Key), null, ct);
        if (row is not null && RowEntity.Version(row) == before.Version)
        {
            throw new InvalidOperationException(
                $"{before.Key} has no index entry in '{before.Due?.Lane}' at {before.Due?.At}; its row says {RowEntity.DueOf(row)}");
        }
    }

    // A commit is all or nothing, so one row that it did not write proves that it wrote none.
    private static async Task<Look> LookAsync(Partition partition, CommitId id, Write write, CancellationToken ct)
    {
        var row = await partition.FindAsync(EntityKeys.Row(write.Key), RowEntity.Stamps, ct);
        if (row is null)
        {
            return new Look(false, write is Write.Delete ? default : Gone, write is Write.Insert);
        }

        var chain = RowEntity.ChainOf(row);
        switch (write)
        {
            case Write.Delete d:
                return new Look(false, default, chain.GoesOnFrom(CommitChain.Read(d.Before.Version).Chain));
            case var _ when chain.Has(id):
                var newest = chain == RowEntity.ChainAfter(write, id);
                return new Look(true, newest ? RowEntity.Version(row) : Gone, false);
            case Write.Replace r:
                return new Look(false, Gone, chain.GoesOnFrom(CommitChain.Read(r.Before.Version).Chain));
            default:
                return new Look(false, Gone, chain.IsWhole);
        }
    }

    private static RowReference? Before(Write write) => write switch
    {
        Write.Replace r => r.Before,
        Write.Delete d => d.Before,
        _ => null,
    };

    private readonly record struct Look(bool Own, RowVersion Version, bool NotStored);
}
