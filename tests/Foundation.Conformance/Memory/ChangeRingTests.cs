using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Xunit;

namespace Foundation.Conformance.Memory;

public sealed class ChangeRingTests
{
    private static readonly Space Work = new("work");
    private static readonly Table Quiet = new("quiet", Work, KeyForm.Text);
    private static readonly Table Busy = new("busy", Work, KeyForm.Text);
    private readonly ChangeRing _ring = new(RandomSource.FromSeed(1), capacity: 8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cursor_WhenItsTableWasOverwritten_Resyncs()
    {
        var cursor = await TellAsync(Quiet, "a");
        Append(Quiet, 9);

        Assert.Equal(ChangeKind.Resync, (await FirstAsync(Quiet, cursor)).Kind);
    }

    [Fact]
    public async Task Cursor_WhenOnlyOtherTablesOverran_MissesNothing()
    {
        var cursor = await TellAsync(Quiet, "a");
        Append(Busy, 100);
        Append(Quiet, 1);

        Assert.Equal((ChangeKind.Updated, new RowKey(Quiet, "0")), Short(await FirstAsync(Quiet, cursor)));
    }

    [Fact]
    public async Task Waiter_WhenOtherTablesOverrun_IsToldOfItsOwnNext()
    {
        await using var watch = Watch(Quiet, null).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync().AsTask();
        Append(Busy, 100);
        Assert.False(next.IsCompleted);
        Append(Quiet, 1);

        Assert.True(await next);
        Assert.Equal(ChangeKind.Updated, watch.Current.Kind);
    }

    [Fact]
    public async Task Cursor_OfTheFuture_Resyncs()
    {
        var cursor = await TellAsync(Quiet, "a");
        var future = cursor.Split('.')[0] + ".1000";

        Assert.Equal(ChangeKind.Resync, (await FirstAsync(Quiet, future)).Kind);
    }

    [Fact]
    public async Task Batch_TellsAKeyOnce()
    {
        var cursor = await TellAsync(Quiet, "a");
        _ring.Append(0, [new(Quiet, "x"), new(Quiet, "y"), new(Quiet, "x")]);

        await using var watch = Watch(Quiet, cursor).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("y", watch.Current.Key.Text);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("x", watch.Current.Key.Text);
        Append(Quiet, 1);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("0", watch.Current.Key.Text);
    }

    private static (ChangeKind, RowKey) Short(Change change) => (change.Kind, change.Key);

    private void Append(Table table, int count) => _ring.Append(0, [.. Enumerable.Range(0, count).Select(i => new RowKey(table, $"{i}"))]);

    private IAsyncEnumerable<Change> Watch(Table table, string? after) =>
        _ring.WatchAsync(table, after, static (_, key, _) => new(new Row(key, new RowVersion(1), default, default, null)), Ct);

    private async Task<Change> FirstAsync(Table table, string? after)
    {
        await using var watch = Watch(table, after).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }

    /// <summary>Appends one change and returns its cursor.</summary>
    private async Task<string> TellAsync(Table table, string key)
    {
        await using var watch = Watch(table, null).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        _ring.Append(0, [new RowKey(table, key)]);
        Assert.True(await watch.MoveNextAsync());
        return watch.Current.Cursor;
    }
}
