namespace Foundation.Azure.Tables;

/// <summary>Deletes a range as commits of its rows, so that no index entry is left behind and watches hear of it.</summary>
internal sealed class RangeDeletion(Partition partition, CommitRunner commits, OwnCommitIds ids)
{
    private const int Operations = CommitLimits.OperationsMax - CommitLimits.WatchOperations - 1;

    // Rows that others go on writing make a page fail; a range that is being written this much is not ready to be deleted.
    private const int ConflictsMax = 20;

    public async ValueTask RunAsync(Shard shard, KeyRange range, CancellationToken ct)
    {
        var (from, to) = EntityKeys.Rows(range);
        for (var conflicts = 0; ;)
        {
            var page = await partition.ReadAsync(from, to, Partition.PageMax, RowEntity.References, ct);
            if (page.Items.Count == 0)
            {
                return;
            }

            foreach (var writes in Batches(page.Items.Select(e => new Write.Delete(RowEntity.ToReference(e, range.Table)))))
            {
                var result = await commits.RunAsync(new Commit(ids.Next(), shard, [.. writes]), ct);
                if (result is CommitResult.Conflict && ++conflicts > ConflictsMax)
                {
                    throw new StoreUnavailableException(
                        $"Rows of {range.Table} in {shard} change while they are deleted; try again later");
                }
            }
        }
    }

    private static IEnumerable<List<Write>> Batches(IEnumerable<Write.Delete> writes)
    {
        var batch = new List<Write>();
        var operations = 0;
        foreach (var write in writes)
        {
            var cost = write.Before.Due is null ? 1 : 2;
            if (operations + cost > Operations)
            {
                yield return batch;
                (batch, operations) = ([], 0);
            }

            batch.Add(write);
            operations += cost;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
