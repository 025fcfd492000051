using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Foundation.Azure.Tables;

/// <summary>
/// Writes commits. A reply may be lost after the transaction was stored, and the client's own retry then meets its own rows: on
/// every conflict and every failure the rows are read again, and the commit's id on one of them means Committed.
/// </summary>
/// <remarks>
/// Rows keep the id of the commit that created them and of the one that wrote them last. So an own insert is known even after others
/// went on with the row; a lost replace of a row that others have replaced since is told as a conflict, which it is for its caller.
/// </remarks>
internal sealed class CommitRunner(TableDirectory tables, BodyBlobs bodies, ChangeNumbers changes, MarkerSlots markers, int parallel)
{
    // Each round lost means that another process got its change numbered; more than this is a hot shard.
    private const int RoundsMax = 64;

    // A version that no row has: the row was replaced by others since, so whoever uses it meets a conflict.
    private static readonly RowVersion Overtaken = new(0, "W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"");

    public async ValueTask<CommitResult> RunAsync(Commit commit, CancellationToken ct)
    {
        var blobs = await bodies.StoreAsync(commit, ct);
        using var turn = commit.Writes.Any(w => w.Key.Table.Watched) ? await changes.EnterAsync(commit.Shard, ct) : null;
        var marker = LeavesNothing(commit) ? markers.Rent() : null;
        try
        {
            return await RunAsync(commit, blobs, turn, marker, ct);
        }
        finally
        {
            markers.Return(marker);
        }
    }

    private async ValueTask<CommitResult> RunAsync(
        Commit commit, IReadOnlyList<string?> blobs, ChangeTurn? turn, string? marker, CancellationToken ct)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var plan = CommitPlan.Build(commit, blobs, turn, marker);
            try
            {
                return await SubmitAsync(commit, plan, turn, ct);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
            {
                await tables.CreateAsync(commit.Shard.Space, ct);
            }
            catch (TableTransactionFailedException e) when (e.Status is 404 or 409 or 412 && e.FailedTransactionActionIndex is { } failed)
            {
                if (await ConflictAsync(commit, plan.Steps[failed], turn, marker, ct) is { } result)
                {
                    return result;
                }
            }
            catch (Exception e) when (AzureFailures.IsUnavailable(e, ct))
            {
                turn?.Forget();
                return await ResolveAsync(commit, marker, ct) ?? throw AzureFailures.Unavailable($"A commit to {commit.Shard}", e);
            }
        }

        throw new StoreUnavailableException($"A commit to {commit.Shard} lost {RoundsMax} races for its change number");
    }

    private async Task<CommitResult> SubmitAsync(Commit commit, CommitPlan plan, ChangeTurn? turn, CancellationToken ct)
    {
        var answers = (await tables.Get(commit.Shard.Space).SubmitTransactionAsync(plan.Actions, ct)).Value;
        var versions = new RowVersion[commit.Writes.Length];
        for (var i = 0; i < plan.Steps.Count; i++)
        {
            var (kind, write) = plan.Steps[i];
            if (kind == StepKind.Row && commit.Writes[write] is not Write.Delete)
            {
                versions[write] = new RowVersion(0, answers[i].Headers.ETag!.Value.ToString());
            }
        }

        turn?.Committed(answers[plan.Steps.FindIndex(s => s.Kind == StepKind.Change)].Headers.ETag);
        return new CommitResult.Committed(Frozen(versions));
    }

    /// <summary>What a refused transaction means; null: try again.</summary>
    private async ValueTask<CommitResult?> ConflictAsync(Commit commit, Step failed, ChangeTurn? turn, string? marker, CancellationToken ct)
    {
        if (await ResolveAsync(commit, marker, ct) is { } resolved)
        {
            turn?.Forget();
            return resolved;
        }

        switch (failed.Kind)
        {
            case StepKind.ChangeTrim:
                turn!.SkipTrim();
                return null;
            case StepKind.Change:
                await changes.RefreshAsync(turn!, ct);
                return null;
            case StepKind.EntryGone:
                await CheckEntryAsync(commit, failed.Write, ct);
                break;
        }

        return new CommitResult.Conflict(commit.Writes[failed.Write].Key);
    }

    // The row moved together with its entry, or the caller named a due that the row of this version never had: a bug, said loudly.
    private async ValueTask CheckEntryAsync(Commit commit, int write, CancellationToken ct)
    {
        var before = commit.Writes[write] switch
        {
            Write.Replace r => r.Before,
            Write.Delete d => d.Before,
            _ => throw new InvalidOperationException("An insert removes no index entry"),
        };
        var row = await tables.Partition(commit.Shard).FindAsync(EntityKeys.Row(before.Key), null, ct);
        if (row is not null && RowEntity.Version(row) == before.Version)
        {
            throw new InvalidOperationException($"{before.Key} has no index entry in '{before.Due?.Lane}' at {before.Due?.At}; its row says {RowEntity.DueOf(row)}");
        }
    }

    private async ValueTask<CommitResult?> ResolveAsync(Commit commit, string? marker, CancellationToken ct)
    {
        var versions = new RowVersion[commit.Writes.Length];
        var owns = new bool[versions.Length];
        var partition = tables.Partition(commit.Shard);
        if (marker is not null)
        {
            var stamped = await partition.FindAsync(marker, RowEntity.Stamps, ct) is { } stamp && RowEntity.WrittenBy(stamp, commit.Id);
            return stamped ? new CommitResult.Committed(Frozen(versions)) : null;
        }

        await Bounded.ForEachAsync(Enumerable.Range(0, versions.Length), parallel, async i =>
        {
            if (commit.Writes[i] is Write.Delete)
            {
                return;
            }

            versions[i] = Overtaken;
            if (await partition.FindAsync(EntityKeys.Row(commit.Writes[i].Key), RowEntity.Stamps, ct) is { } row)
            {
                var written = RowEntity.WrittenBy(row, commit.Id);
                versions[i] = written ? RowEntity.Version(row) : Overtaken;
                owns[i] = written || RowEntity.CreatedByCommit(row, commit.Id);
            }
        });
        return owns.Contains(true) ? new CommitResult.Committed(Frozen(versions)) : null;
    }

    // Full commits have no room for one more operation: then a lost reply of nothing but deletes stays unknown.
    private static bool LeavesNothing(Commit commit) =>
        commit.Writes.All(w => w is Write.Delete) && CommitLimits.Operations(commit) < CommitLimits.OperationsMax;

    private static ImmutableArray<RowVersion> Frozen(RowVersion[] versions) =>
        ImmutableCollectionsMarshal.AsImmutableArray(versions);
}
