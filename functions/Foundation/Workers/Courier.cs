using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>
/// Delivers posts in process right after their commit and deletes their rows; what it could not deliver stays a row, and the
/// sweeper brings it here again.
/// </summary>
public sealed class Courier(IStore store, RoomDirectory directory, CommitIds ids, TimeProvider time, WorkersInstruments instruments, ILogger<Courier> logger)
{
    private const int DeletesPerCommit = 50;

    /// <summary>Delivers the posts of one commit; failures are logged and left to the sweeper.</summary>
    internal async ValueTask DeliverAsync(Shard shard, IReadOnlyList<(Post Post, RowReference Row)> posts, CancellationToken ct)
    {
        List<RowReference>? delivered = null;
        foreach (var (post, row) in posts)
        {
            if (await TryReceiveAsync(post, ct))
            {
                (delivered ??= []).Add(row);
            }
        }

        if (delivered is not null)
        {
            await ForgetAsync(shard, delivered, ct);
        }
    }

    /// <summary>Delivers leftovers of a shard that are due.</summary>
    /// <returns>How many were looked at.</returns>
    internal async ValueTask<int> DeliverLeftoversAsync(Shard shard, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var due = await store.ListDueAsync(
            shard, new LaneRange(PostRows.PendingLane, To: now.ToUnixTimeMilliseconds() + 1), new Listing(100, WithBodies: true), ct);
        foreach (var row in due.Items)
        {
            if (await TryReceiveAsync(PostRows.Decode(row).Post, ct))
            {
                await ForgetAsync(shard, [row.Reference], ct);
            }
            else
            {
                await CommitAsync(shard, [PostRows.Retry(row, now)], ct);
            }
        }

        return due.Items.Count;
    }

    private async ValueTask<bool> TryReceiveAsync(Post post, CancellationToken ct)
    {
        try
        {
            var room = directory.FindRoom(post.To.Room) ?? throw new InvalidOperationException($"No room '{post.To.Room}'");
            await room.ReceiveAsync(post, ct);
            instruments.PostDelivered(post.To.Room);
            return true;
        }
#pragma warning disable CA1031 // Whatever a receiver throws, the post stays a row and is delivered again.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            instruments.PostFailed(post.To.Room);
            logger.PostNotDelivered(post.To.Room, post.To.Verb, post.To.Subject, e);
            return false;
        }
    }

    private async ValueTask ForgetAsync(Shard shard, List<RowReference> rows, CancellationToken ct)
    {
        foreach (var chunk in rows.Chunk(DeletesPerCommit))
        {
            await CommitAsync(shard, [.. chunk.Select(r => new Write.Delete(r))], ct);
        }
    }

    // A conflict or failure here costs a second delivery, which receivers drop by the post's source.
    private async ValueTask CommitAsync(Shard shard, ImmutableArray<Write> writes, CancellationToken ct)
    {
        try
        {
            await store.CommitAsync(new Commit(ids.Next(), shard, writes), ct);
        }
        catch (StoreUnavailableException e)
        {
            logger.PostsNotForgotten(shard.ToString(), e);
        }
    }
}
