using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Foundation.Azure.Tables;

/// <summary>
/// Writes commits: plans, sends, and when the answer is lost or refused, finds out what became of it before it tries again or says so.
/// </summary>
internal sealed class CommitRunner(
    TableDirectory tables, BodyBlobs bodies, ChangeNumbers changes, MarkerSlots markers, int parallel, TimeProvider time)
{
    private const int TriesMax = 5;

    // Each round lost means that another process got its change numbered; more than this is a hot shard.
    private const int RoundsMax = 64;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private readonly CommitOutcomes _outcomes = new(tables, parallel);

    public async ValueTask<CommitResult> RunAsync(Commit commit, CancellationToken ct)
    {
        var blobs = await bodies.StoreAsync(commit, ct);
        using var turn = commit.Writes.Any(w => w.Key.Table.Watched) ? await changes.EnterAsync(commit.Shard, ct) : null;
        var marker = LeavesNothing(commit) ? markers.Rent() : null;
        try
        {
            return await RunAsync(new Attempt(commit, blobs, turn, marker), ct);
        }
        finally
        {
            markers.Return(marker);
        }
    }

    private async ValueTask<CommitResult> RunAsync(Attempt attempt, CancellationToken ct)
    {
        var failures = 0;
        for (var round = 0; round < RoundsMax; round++)
        {
            var plan = CommitPlan.Build(attempt.Commit, attempt.Blobs, attempt.Turn, attempt.Marker);
            try
            {
                return await SendAsync(attempt, plan, ct);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
            {
                await tables.CreateAsync(attempt.Commit.Shard.Space, ct);
            }
            catch (TableTransactionFailedException e) when (e.Status is 404 or 409 or 412 && e.FailedTransactionActionIndex is { } failed)
            {
                if (await ConflictAsync(attempt, plan.Steps[failed], ct) is { } result)
                {
                    return result;
                }
            }
            catch (Exception e) when (AzureFailures.IsUnavailable(e, ct))
            {
                if (await FailureAsync(attempt, e, ++failures, ct) is { } result)
                {
                    return result;
                }
            }
        }

        throw new StoreUnavailableException($"A commit to {attempt.Commit.Shard} lost {RoundsMax} races for its change number");
    }

    private async Task<CommitResult> SendAsync(Attempt attempt, CommitPlan plan, CancellationToken ct)
    {
        var answers = (await tables.GetOnce(attempt.Commit.Shard.Space).SubmitTransactionAsync(plan.Actions, ct)).Value;
        var versions = new RowVersion[attempt.Commit.Writes.Length];
        for (var i = 0; i < plan.Steps.Count; i++)
        {
            var (kind, write) = plan.Steps[i];
            if (kind == StepKind.Row && attempt.Commit.Writes[write] is not Write.Delete)
            {
                var chain = RowEntity.ChainAfter(attempt.Commit.Writes[write], attempt.Commit.Id);
                versions[write] = chain.ToVersion(answers[i].Headers.ETag!.Value.ToString());
            }
        }

        attempt.Turn?.Committed(answers[plan.Steps.FindIndex(s => s.Kind == StepKind.Change)].Headers.ETag);
        return new CommitResult.Committed([.. versions]);
    }

    /// <summary>What a transaction without a good answer became; null: nothing yet, try again.</summary>
    private async ValueTask<CommitResult?> FailureAsync(Attempt attempt, Exception e, int failures, CancellationToken ct)
    {
        attempt.Turn?.Forget();
        if (!AzureFailures.IsRefusal(e))
        {
            attempt.MayBeStored = true;
            if (await _outcomes.FindAsync(attempt, ct) is { Committed: { } committed })
            {
                return committed;
            }
        }

        if (failures == TriesMax)
        {
            throw AzureFailures.Unavailable($"A commit to {attempt.Commit.Shard}", e);
        }

        await Task.Delay(FirstWait * Math.Pow(2, failures - 1), time, ct);
        if (attempt.Turn is { } turn)
        {
            await changes.RefreshAsync(turn, ct);
        }

        return null;
    }

    /// <summary>What a refused transaction means; null: try again.</summary>
    private async ValueTask<CommitResult?> ConflictAsync(Attempt attempt, Step failed, CancellationToken ct)
    {
        var (commit, turn) = (attempt.Commit, attempt.Turn);
        var outcome = await _outcomes.FindAsync(attempt, ct);
        if (outcome.Committed is { } committed)
        {
            turn?.Forget();
            return committed;
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
                await _outcomes.CheckEntryAsync(commit, failed.Write, ct);
                break;
        }

        if (attempt.MayBeStored && outcome.Unknown)
        {
            throw new StoreUnavailableException(
                $"The answer to a commit to {commit.Shard} was lost, and its rows were written or deleted by others since: "
                + "whether it was stored is unknown");
        }

        return new CommitResult.Conflict(commit.Writes[failed.Write].Key);
    }

    // Full commits have no room for one more operation: then a lost reply of nothing but deletes stays unknown.
    private static bool LeavesNothing(Commit commit) =>
        commit.Writes.All(w => w is Write.Delete) && CommitLimits.Operations(commit) < CommitLimits.OperationsMax;
}

/// <summary>One commit on its way.</summary>
/// <param name="commit">What is written.</param>
/// <param name="blobs">The names of large bodies, by write.</param>
/// <param name="turn">The number of its change, in watched tables.</param>
/// <param name="marker">Where it is stamped when it leaves no row.</param>
internal sealed class Attempt(Commit commit, IReadOnlyList<string?> blobs, ChangeTurn? turn, string? marker)
{
    public Commit Commit { get; } = commit;

    public IReadOnlyList<string?> Blobs { get; } = blobs;

    public ChangeTurn? Turn { get; } = turn;

    public string? Marker { get; } = marker;

    /// <summary>A try went without an answer.</summary>
    public bool MayBeStored { get; set; }
}
