using Foundation.Embedded.Sqlite;
using Foundation.Protocols;
using SQLitePCL;
using Xunit;

namespace Foundation.Conformance.Sqlite;

/// <summary>What the store does when the disk does not do what it should.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private static readonly Space Work = new("work");
    private static readonly Table Items = new("items", Work, KeyForm.Id);
    private readonly SqliteFolder _folder = new();
    private readonly Queue<(CommitPoint Point, int Code)> _faults = new();
    private long _ids;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Shard Home => new(Work, 0);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FsyncFails_BeforeTheGroupIsInTheLog_NothingIsThereAndTheStoreGoesOn()
    {
        using var store = Open();
        await CommitAsync(store, 1);
        Fail(CommitPoint.Before);
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(store, 2));

        Assert.Contains("nothing was written", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], await StoredAsync(store));
        await CommitAsync(store, 2);
        Assert.Equal([1, 2], await StoredAsync(store));
    }

    [Fact]
    public async Task FsyncFails_AfterTheGroupIsInTheLog_ItIsVerifiedAndAcknowledged()
    {
        using var store = Open();
        await using var watch = store.WatchAsync(Items, null, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        Fail(CommitPoint.After);
        var result = await CommitAsync(store, 1);

        Assert.Equal(result.Versions[0], (await store.FindAsync(Home, Key(1), Ct))!.Version);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(Key(1), watch.Current.Key);
        // Moved into the file with fsyncs of its own: a log that the disk had lost would not take it away.
        Assert.True(new FileInfo(_folder.File + "-wal").Length == 0);
    }

    [Fact]
    public async Task FileCannotBeOpenedAgain_WritesAreRefusedUntilItCan()
    {
        using var store = Open();
        await CommitAsync(store, 1);
        Fail(CommitPoint.After);
        Fail(CommitPoint.Reopening);
        var unknown = await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(store, 2));
        Assert.Contains("not known", unknown.Message, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(store, 3));
        Assert.Contains("opened again", refused.Message, StringComparison.Ordinal);
        await UntilAcceptedAsync(store, 4);
        Assert.Equal([1, 2, 4], await StoredAsync(store));
    }

    [Fact]
    public async Task Fault_InAGroup_FailsNoOtherAndGivesNoVersionTwice()
    {
        using var store = Open();
        var versions = new HashSet<long>();
        for (var round = 0; round < 5; round++)
        {
            Fail(round % 2 == 0 ? CommitPoint.Before : CommitPoint.After);
            var results = await Task.WhenAll(Enumerable.Range(round * 100, 40).Select(async i =>
            {
                await Task.Yield();
                try
                {
                    return (i, (CommitResult.Committed?)await CommitAsync(store, i));
                }
                catch (StoreUnavailableException)
                {
                    return (i, null);
                }
            }));

            var stored = await StoredAsync(store);
            Assert.All(results, r => Assert.Equal(r.Item2 is not null, stored.Contains(r.i)));
            Assert.All(results.Where(r => r.Item2 is not null), r => Assert.True(versions.Add(r.Item2!.Versions[0].Number)));
            _faults.Clear();
        }

        Assert.NotEmpty(versions);
    }

    [Fact]
    public async Task SameCommit_SentAgainAfterAFault_IsWrittenOnce()
    {
        using var store = Open();
        var commit = new Commit(new CommitId(77), Home, [new Write.Insert(Key(1), new byte[9], new byte[9], null)]);
        Fail(CommitPoint.Before);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(commit, Ct));
        var first = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(commit, Ct));
        var second = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(commit, Ct));
        Assert.Equal(first.Versions, second.Versions);
    }

    [Fact]
    public async Task DiskFull_RefusesWholeCommitsAndRecoversWithRoom()
    {
        using var store = Open(o => o.PagesMax = 60);
        var accepted = new List<int>();
        var refusals = 0;
        for (var i = 0; refusals < 3; i++)
        {
            Assert.True(i < 1000, "The disk never became full");
            try
            {
                await CommitAsync(store, i, bodyBytes: 8_000);
                accepted.Add(i);
            }
            catch (StoreUnavailableException e)
            {
                refusals++;
                Assert.Contains("disk is full", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(accepted, await StoredAsync(store));
        await store.DeleteRangeAsync(Home, new KeyRange(Items, Key(0), Key(10)), Ct);
        await CommitAsync(store, 5_000, bodyBytes: 8_000);
        Assert.Equal([.. accepted.Where(i => i >= 10), 5_000], await StoredAsync(store));
    }

    [Fact]
    public async Task Log_UnderWrites_StaysShort()
    {
        using var store = Open(o => o.CheckpointPages = 100);
        for (var round = 0; round < 60; round++)
        {
            await Task.WhenAll(Enumerable.Range(round * 20, 20).Select(async i =>
            {
                await Task.Yield();
                await CommitAsync(store, i, bodyBytes: 4_000);
            }));
            Assert.NotNull(await store.FindAsync(Home, Key(round * 20), Ct));
        }

        // About 1,000 pages were written in all; moves and restarts keep the log at a few hundred.
        var log = new FileInfo(_folder.File + "-wal").Length;
        Assert.True(log < 8 * 1024 * 1024, $"The log has {log} bytes");
        Assert.Equal(1_200, (await StoredAsync(store)).Count);
    }

    private static RowKey Key(int number) => new(Items, (UInt128)(uint)number);

    private static async Task<List<int>> StoredAsync(SqliteStore store)
    {
        var found = new List<int>();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(Home, new KeyRange(Items), new Listing(1000, cursor), Ct);
            found.AddRange(page.Items.Select(r => (int)(uint)r.Key.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        return found;
    }

    private SqliteStore Open(Action<SqliteStoreOptions>? configure = null) => _folder.Open(o =>
    {
        o.Fault = Fault;
        configure?.Invoke(o);
    });

    private async Task<CommitResult.Committed> CommitAsync(SqliteStore store, int number, int bodyBytes = 10)
    {
        var insert = new Write.Insert(Key(number), new byte[20], new byte[bodyBytes], new Due("lane", number, Promptness.Prompt));
        var id = new CommitId((UInt128)(ulong)Interlocked.Increment(ref _ids));
        return Assert.IsType<CommitResult.Committed>(await store.CommitAsync(new Commit(id, Home, [insert]), Ct));
    }

    private async Task UntilAcceptedAsync(SqliteStore store, int number)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await CommitAsync(store, number);
                return;
            }
            catch (StoreUnavailableException) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
            }
        }
    }

    private void Fail(CommitPoint point)
    {
        lock (_faults)
        {
            _faults.Enqueue((point, raw.SQLITE_IOERR | (4 << 8)));
        }
    }

    private void Fault(CommitPoint point)
    {
        lock (_faults)
        {
            if (_faults.TryPeek(out var next) && next.Point == point)
            {
                _faults.Dequeue();
                throw new SqliteFault(next.Code, "a test let the disk fail");
            }
        }
    }
}
