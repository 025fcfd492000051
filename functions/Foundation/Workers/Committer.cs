using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>
/// The one way that rooms write: commits rows and posts together, then delivers the posts in process and tells the carrier
/// which lanes want attention. What is lost after the commit is found by the sweeper.
/// </summary>
public sealed class Committer(
    IStore store, ICarrier carrier, Courier courier, TimeProvider time, CommitIds ids, WorkersInstruments instruments, ILogger<Committer> logger)
{
    /// <summary>Commits without posts.</summary>
    public ValueTask<CommitResult> CommitAsync(Shard shard, ImmutableArray<Write> writes, CancellationToken ct) =>
        CommitAsync(shard, writes, [], ct);

    /// <summary>Commits rows with the posts that they cause.</summary>
    public async ValueTask<CommitResult> CommitAsync(Shard shard, ImmutableArray<Write> writes, ImmutableArray<Post> posts, CancellationToken ct)
    {
        var id = ids.Next();
        var all = posts.IsEmpty ? writes : writes.AddRange(PostInserts(posts, id, shard));
        var commit = new Commit(id, shard, all);
        CommitLimits.Check(commit);
        var result = await store.CommitAsync(commit, ct);
        if (result is CommitResult.Committed committed)
        {
            await AfterAsync(shard, all, committed.Versions, posts, ct);
        }

        return result;
    }

    private IEnumerable<Write> PostInserts(ImmutableArray<Post> posts, CommitId id, Shard shard)
    {
        var now = time.GetUtcNow();
        return posts.Select((post, index) => PostRows.ToInsert(post, id, shard, index + 1, now));
    }

    private async ValueTask AfterAsync(
        Shard shard, ImmutableArray<Write> writes, ImmutableArray<RowVersion> versions, ImmutableArray<Post> posts, CancellationToken ct)
    {
        var wakeUps = WakeUps(shard, writes, versions);
        if (wakeUps.Count > 0)
        {
            await SendAsync(wakeUps, ct);
        }

        if (!posts.IsEmpty)
        {
            var first = writes.Length - posts.Length;
            var sent = posts.Select((post, i) => (post, new RowReference(
                writes[first + i].Key, versions[first + i], ((Write.Insert)writes[first + i]).Due))).ToList();
            await courier.DeliverAsync(shard, sent, ct);
        }
    }

    private async ValueTask SendAsync(List<WakeUp> wakeUps, CancellationToken ct)
    {
        try
        {
            await carrier.SendAsync(wakeUps.ToArray(), ct);
        }
#pragma warning disable CA1031 // The commit stands: a carrier that fails must not turn an accepted request into an error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            instruments.WakeUpsLost(wakeUps.Count);
            logger.WakeUpsNotSent(wakeUps.Count, wakeUps[0].Lane, e);
        }
    }

    private List<WakeUp> WakeUps(Shard shard, ImmutableArray<Write> writes, ImmutableArray<RowVersion> versions)
    {
        var least = carrier.CarriesSweeps ? Promptness.Sweep : Promptness.Prompt;
        var wakeUps = new List<WakeUp>(0);
        for (var i = 0; i < writes.Length; i++)
        {
            switch (writes[i])
            {
                case Write.Insert { Due: { } due } insert when due.Promptness >= least:
                    var row = new Row(insert.Key, versions[i], insert.State, insert.Body, due);
                    wakeUps.Add(new WakeUp(shard, due.Lane, due.At, due.Promptness, insert.Key, row));
                    break;
                case Write.Replace { Due: { } due } replace when due.Promptness >= least && due != replace.Before.Due:
                    wakeUps.Add(new WakeUp(shard, due.Lane, due.At, due.Promptness, replace.Key));
                    break;
            }
        }

        return wakeUps;
    }
}
