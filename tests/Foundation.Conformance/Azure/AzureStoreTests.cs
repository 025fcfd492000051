using Foundation.Azure.Tables;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>What only this store has: its costs, its bounds, its large bodies, its search from the end.</summary>
public sealed class AzureStoreTests
{
    private static readonly Space Work = new("work");
    private static readonly Table Items = new("items", Work, KeyForm.Id);
    private static readonly Table Names = new("names", Work, KeyForm.Text);
    private static readonly Table Watched = new("watched", Work, KeyForm.Text, Watched: true);
    private static readonly Shard Home = new(Work, 0);
    private readonly StorageFaults _calls = new();
    private int _commits;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TaskLife_CostsThreeCalls()
    {
        var store = await CreateAsync();
        await CommitAsync(store, Insert(Item(0)));
        _calls.Reset();
        var queued = await CommitAsync(store, Insert(Item(1), At("tasks/queued/a/b/2/t", 1)));
        var running = await CommitAsync(store, new Write.Replace(queued[0], new byte[500], At("tasks/running/i", 2)));
        await CommitAsync(store, new Write.Replace(running[0], new byte[500], At("tasks/ended/succeeded", 3)));

        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public async Task Calls_PerOperation()
    {
        var store = await CreateAsync();
        await CommitAsync(store, [.. Enumerable.Range(0, 20).Select(i => Insert(Item(i), new Due($"l/{i % 4}", i, Promptness.Prompt)))]);
        Assert.Equal(1, await CostAsync(() => store.FindAsync(Home, Item(1), Ct).AsTask()));
        Assert.Equal(1, await CostAsync(() => store.ListAsync(Home, new KeyRange(Items), new Listing(), Ct).AsTask()));
        Assert.Equal(2, await CostAsync(() => store.ListAsync(Home, new KeyRange(Items), new Listing(Descending: true), Ct).AsTask()));
        Assert.Equal(1 + 5, await CostAsync(() => store.ListDueAsync(Home, new LaneRange("l/1"), new Listing(), Ct).AsTask()));
        Assert.Equal(4 + 1, await CostAsync(() => store.LanesAsync(Home, "l/", null, 10, Ct).AsTask()));
        Assert.Equal(1, await CostAsync(() => store.CountAsync(Home, "l/", 1000, Ct).AsTask()));
        Assert.Equal(1 + 2, await CostAsync(() => store.CommitAsync(
            new Commit(new CommitId(77), Home, [Insert(Item(1)), Insert(Item(100))]), Ct).AsTask()));
    }

    [Fact]
    public async Task Listing_WithoutBodies_DoesNotFetchThem()
    {
        var store = await CreateAsync();
        await CommitAsync(store, new Write.Insert(Item(1), new byte[10], new byte[400_000], new Due("l", 1, Promptness.Prompt)));

        Assert.Equal(1, await CostAsync(() => store.ListAsync(Home, new KeyRange(Items), new Listing(), Ct).AsTask()));
        Assert.Equal(2, await CostAsync(() => store.ListAsync(Home, new KeyRange(Items), new Listing(WithBodies: true), Ct).AsTask()));
    }

    [Fact]
    public async Task Commit_OfAllThatIsAllowed_FitsARequest()
    {
        var store = await CreateAsync();
        var lane = new string('l', 300);
        var state = new byte[CommitLimits.BytesMax / 50];
        state = state[..Math.Min(state.Length, CommitLimits.StateBytesMax)];
        var body = new byte[(CommitLimits.BytesMax / 50) - state.Length];
        Write[] writes = [.. Enumerable.Range(0, 50).Select(i => new Write.Insert(
            new RowKey(Names, $"{i:d3}{new string('n', 397)}"), state, body, new Due(lane, i, Promptness.Prompt)))];

        await CommitAsync(store, writes);
        var listed = await store.ListDueAsync(Home, new LaneRange(lane), new Listing(WithBodies: true), Ct);
        Assert.Equal(50, listed.Items.Count(r => r.Body.Length == body.Length));
    }

    [Fact]
    public async Task IndexEntry_ThatDoesNotFit_StillFindsItsRow()
    {
        var store = await CreateAsync();
        var lane = new string('l', 300);
        RowKey[] keys = [.. Enumerable.Range(0, 5).Select(i => new RowKey(Names, new string('k', 399) + i))];
        var rows = await CommitAsync(store, [.. keys.Select((k, i) => Insert(k, At(lane, 9 - i)))]);

        var due = await store.ListDueAsync(Home, new LaneRange(lane), new Listing(2), Ct);
        var rest = await store.ListDueAsync(Home, new LaneRange(lane), new Listing(10, due.Next), Ct);
        Assert.Equal(keys.Reverse(), due.Items.Concat(rest.Items).Select(r => r.Key));
        await CommitAsync(store, [.. rows.Select(r => new Write.Delete(r))]);
        Assert.Empty((await store.ListDueAsync(Home, new LaneRange(lane), new Listing(), Ct)).Items);
    }

    [Fact]
    public async Task RowKey_ThatDoesNotFit_IsRefusedInWords()
    {
        var store = await CreateAsync();
        var e = await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, Insert(new RowKey(Names, new string('/', 400)))));
        Assert.Contains("at most 512", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, Insert(Item(1), At(new string('/', 300), 1))));
        Assert.Contains("The lane", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewestFirst_OfManyRows_CostsFewReads()
    {
        var store = await CreateAsync();
        const int count = 2600;
        foreach (var batch in Enumerable.Range(0, count).Chunk(50))
        {
            await CommitAsync(store, [.. batch.Select(i => Insert(Item(i * 977), new Due("l", i * 977, Promptness.Listed)))]);
        }

        var seen = new List<int>();
        string? cursor = null;
        _calls.Reset();
        do
        {
            var page = await store.ListAsync(Home, new KeyRange(Items), new Listing(500, cursor, Descending: true), Ct);
            seen.AddRange(page.Items.Select(r => (int)(r.Key.Id & uint.MaxValue)));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, count).Reverse().Select(i => i * 977), seen);
        Assert.InRange(_calls.Count, 8, 50);
        var newest = new Listing(1, Descending: true);
        Assert.InRange(await CostAsync(() => store.ListDueAsync(Home, new LaneRange("l"), newest, Ct).AsTask()), 2, 20);
    }

    [Fact]
    public async Task OrphanBodies_OfFailedCommitsAndGoneRows_AreDeletedAfterADay()
    {
        var store = await CreateAsync();
        var body = new byte[300_000];
        var kept = await CommitAsync(store, new Write.Insert(Item(1), default, body, null));
        var gone = await CommitAsync(store, new Write.Insert(Item(2), default, body, null));
        await CommitAsync(store, new Write.Delete(gone[0]));
        var taken = new Commit(new CommitId(99), Home, [new Write.Insert(Item(1), default, body, null)]);
        Assert.IsType<CommitResult.Conflict>(await store.CommitAsync(taken, Ct));

        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, await store.DeleteOrphanBodiesAsync(now, Ct));
        Assert.Equal(2, await store.DeleteOrphanBodiesAsync(now.AddDays(1).AddMinutes(1), Ct));
        Assert.Equal(0, await store.DeleteOrphanBodiesAsync(now.AddDays(1).AddMinutes(1), Ct));
        Assert.Equal(300_000, (await store.FindAsync(Home, kept[0].Key, Ct))!.Body.Length);
    }

    [Fact]
    public async Task Stamps_OfDeletes_AreCleanedAfterADay()
    {
        var store = await CreateAsync();
        await CommitAsync(store, new Write.Delete((await CommitAsync(store, Insert(Item(1))))[0]));

        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal((0, 0), await store.CleanAsync(now, Ct));
        Assert.Equal((0, 1), await store.CleanAsync(now.AddDays(1).AddMinutes(1), Ct));
        Assert.Equal((0, 0), await store.CleanAsync(now.AddDays(1).AddMinutes(1), Ct));
    }

    [Fact]
    public async Task Changes_AreKeptToABound_AndALateWatchReadsAgain()
    {
        var store = await CreateAsync();
        await CommitAsync(store, new Write.Insert(new RowKey(Watched, "a"), "0"u8.ToArray(), default, null));
        await using var watch = store.WatchAsync(Watched, "0", Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((ChangeKind.Updated, "1"), (watch.Current.Kind, watch.Current.Cursor));

        var row = await store.FindAsync(Home, new RowKey(Watched, "a"), Ct);
        for (var i = 0; i < ChangeEntity.Kept + 3; i++)
        {
            var result = await CommitAsync(store, new Write.Replace(row!.Reference, "1"u8.ToArray(), null));
            row = row with { Version = result[0].Version };
        }

        await using var late = store.WatchAsync(Watched, "1", Ct).GetAsyncEnumerator(Ct);
        Assert.True(await late.MoveNextAsync());
        Assert.Equal(ChangeKind.Resync, late.Current.Kind);
        await using var recent = store.WatchAsync(Watched, "10", Ct).GetAsyncEnumerator(Ct);
        Assert.True(await recent.MoveNextAsync());
        Assert.Equal((ChangeKind.Updated, row!.Version), (recent.Current.Kind, recent.Current.Row!.Version));
    }

    [Fact]
    public async Task Watch_OfATableThatLeavesNoTrace_IsRefusedInWords()
    {
        var store = await CreateAsync();
        var e = Assert.Throws<NotSupportedException>(() => store.WatchAsync(Items, null, Ct));
        Assert.Contains("not declared as watched", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OutlivesAnOutage()
    {
        var prefix = AzuriteServer.NewPrefix();
        var (watcher, writer) = (await AzureTestStore.CreateAsync(1, prefix, _calls), await AzureTestStore.CreateAsync(1, prefix));
        await using var watch = watcher.WatchAsync(Watched, null, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync().AsTask();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _calls.Count;
        _calls.Choose = n =>
        {
            // More tries than one call makes.
            if (n > first + 6)
            {
                failed.TrySetResult();
            }

            return Fault.NotSent;
        };
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Ct);
        _calls.Choose = static _ => Fault.None;
        await CommitAsync(writer, Insert(new RowKey(Watched, "after")));

        Assert.True(await next);
        Assert.Equal("after", watch.Current.Key.Text);
    }

    [Fact]
    public async Task WatchedCommits_OfTwoProcesses_AreAllTold()
    {
        var prefix = AzuriteServer.NewPrefix();
        AzureTablesStore[] processes = [await AzureTestStore.CreateAsync(1, prefix), await AzureTestStore.CreateAsync(1, prefix)];
        await using var watch = processes[0].WatchAsync(Watched, null, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => await processes[i % 2].CommitAsync(
            new Commit(new CommitId((UInt128)(uint)(1000 + i)), Home, [Insert(new RowKey(Watched, $"k{i}"))]), Ct)));

        Assert.All(results, r => Assert.IsType<CommitResult.Committed>(r));
        var told = new HashSet<string>();
        while (told.Count < 40)
        {
            Assert.True(await watch.MoveNextAsync());
            told.Add(watch.Current.Key.Text!);
        }
    }

    [Fact]
    public async Task UnknownTable_IsReadByTheFormOfItsKeys()
    {
        var prefix = AzuriteServer.NewPrefix();
        var store = await AzureTestStore.CreateAsync(1, prefix);
        await CommitAsync(store, Insert(Item(1), At("l", 1)), Insert(new RowKey(Names, "n"), At("l", 2)));

        var stranger = await AzureTestStore.CreateAsync(1, prefix);
        var rows = await stranger.ListDueAsync(Home, new LaneRange("l"), new Listing(), Ct);
        Assert.Equal([Item(1), new RowKey(Names, "n")], rows.Items.Select(r => r.Key));
    }

    private static RowKey Item(int number) => new(Items, ((UInt128)0x0190_0000_0000 << 80) | (uint)number);

    private static Due At(string lane, long at) => new(lane, at, Promptness.Prompt);

    private static Due? DueOf(Write write) => write is Write.Insert i ? i.Due : (write as Write.Replace)?.Due;

    private static Write.Insert Insert(RowKey key, Due? due = null) => new(key, new byte[500], default, due);

    private async Task<AzureTablesStore> CreateAsync() => await AzureTestStore.CreateAsync(1, null, _calls);

    private async Task<int> CostAsync(Func<Task> action)
    {
        _calls.Reset();
        await action();
        return _calls.Count;
    }

    private async Task<List<RowReference>> CommitAsync(AzureTablesStore store, params Write[] writes)
    {
        var id = new CommitId((UInt128)(uint)Interlocked.Increment(ref _commits) << 32);
        var committed = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(new Commit(id, Home, [.. writes]), Ct));
        return [.. writes.Select((w, i) => new RowReference(w.Key, committed.Versions[i], DueOf(w)))];
    }
}
