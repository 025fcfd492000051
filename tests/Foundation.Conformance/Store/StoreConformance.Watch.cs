using System.Threading.Channels;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Watch_TellsUpdatesAndDeletesOfItsTableOnly()
    {
        await using var watch = await StartedAsync(Names, null);
        var reference = (await WriteAsync(Insert(Name("a"), "1", "body", DueAt("l", 1)), Insert(Item(1))))[0];

        var told = await watch.NextAsync();
        var row = told.Row!;
        Assert.Equal((ChangeKind.Updated, Name("a")), (told.Kind, told.Key));
        Assert.Equal(("1", true, reference.Version, DueAt("l", 1)), (Text(row.State), row.Body.IsEmpty, row.Version, row.Due!.Value));
        await WriteAsync(Insert(Item(2)), new Write.Delete(reference));
        var gone = await watch.NextAsync();
        Assert.Equal((ChangeKind.Deleted, Name("a"), (Row?)null), (gone.Kind, gone.Key, gone.Row));
        Assert.NotEqual(told.Cursor, gone.Cursor);
    }

    [Fact]
    public async Task Watch_TellsOfEveryShard()
    {
        await using var watch = await StartedAsync(Names, null);
        for (var number = 0; number < Store.Shards; number++)
        {
            await WriteAsync(new Shard(Work, number), Insert(Name($"n{number}")));
        }

        var told = new HashSet<string>();
        while (told.Count < Store.Shards)
        {
            told.Add((await watch.NextAsync()).Key.Text!);
        }
    }

    [Fact]
    public async Task Watch_Converges_WhenARowChangesOften()
    {
        await using var watch = await StartedAsync(Names, null);
        var reference = (await WriteAsync(Insert(Name("a"), "0")))[0];
        for (var i = 1; i <= 50; i++)
        {
            reference = (await WriteAsync(Replace(reference, $"{i}")))[0];
        }

        var last = -1;
        while (last < 50)
        {
            var state = int.Parse(Text((await watch.NextAsync()).Row!.State), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(state >= last, $"The watch went back from {last} to {state}");
            last = state;
        }
    }

    [Fact]
    public async Task Watch_FromACursor_TellsWhatCameAfterIt()
    {
        string cursor;
        await using (var watch = await StartedAsync(Names, null))
        {
            await WriteAsync(Insert(Name("before")));
            cursor = (await watch.NextAsync()).Cursor;
        }

        await WriteAsync(Insert(Name("missed")), Insert(Item(1)));
        await WriteAsync(Insert(Name("missed too")));
        await using var resumed = Watch(Names, cursor);
        string?[] told = [(await resumed.NextAsync()).Key.Text, (await resumed.NextAsync()).Key.Text];
        Assert.Equal(["missed", "missed too"], told.Order());
    }

    [Fact]
    public async Task Watch_FromAForeignCursor_ResyncsOnceAndGoesOn()
    {
        await WriteAsync(Insert(Name("old")));
        await using var watch = Watch(Names, "no-such-incarnation.7");
        Assert.Equal(ChangeKind.Resync, (await watch.NextAsync()).Kind);
        await WriteAsync(Insert(Name("new")));
        Assert.Equal(Name("new"), (await watch.NextAsync()).Key);
    }

    [Fact]
    public async Task Watch_TellsOfDeletedRanges()
    {
        await WriteAsync(Insert(Name("a/1")), Insert(Name("a/2")), Insert(Name("b")));
        await using var watch = await StartedAsync(Names, null);
        await Store.DeleteRangeAsync(Home, KeyRange.Prefix(Names, "a/"), Ct);

        Change[] told = [await watch.NextAsync(), await watch.NextAsync()];
        Assert.Equal(["a/1", "a/2"], told.Select(c => c.Key.Text).Order());
        Assert.All(told, c => Assert.Equal(ChangeKind.Deleted, c.Kind));
    }

    [Fact]
    public async Task Watch_WhenCancelled_Ends()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watch = Store.WatchAsync(Names, null, stop.Token).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        var pending = watch.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
    }

    private Follower Watch(Table table, string? after) => new(Store.WatchAsync(table, after, Ct), WatchPatience);

    /// <summary>A watch that has told where it starts: what is written from here on must be told.</summary>
    private async Task<Follower> StartedAsync(Table table, string? after)
    {
        var watch = Watch(table, after);
        Assert.Equal(ChangeKind.Resync, (await watch.NextAsync()).Kind);
        return watch;
    }

    private sealed class Follower(IAsyncEnumerable<Change> changes, TimeSpan patience) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<Change> _changes = changes.GetAsyncEnumerator(Ct);
        private Task<bool>? _pending;

        public async Task<Change> NextAsync()
        {
            _pending = _changes.MoveNextAsync().AsTask();
            Assert.True(await _pending.WaitAsync(patience, TimeProvider.System, Ct), "The watch ended");
            return _changes.Current;
        }

        public async ValueTask DisposeAsync()
        {
            // A pending move would forbid disposal; it ends with the test's token.
            if (_pending is { IsCompleted: true })
            {
                await _changes.DisposeAsync();
            }
        }
    }
}
