using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task DueIndex_FollowsEveryReplace()
    {
        var row = (await WriteAsync(Insert(Item(1))))[0];
        Due?[] places =
        [
            DueAt("a", 5), DueAt("a", 5), DueAt("a", 5, Promptness.Sweep), DueAt("a", 9), DueAt("b", 9),
            null, null, DueAt("b", 1), DueAt("a", 0),
        ];
        foreach (var place in places)
        {
            row = (await WriteAsync(Replace(row, "s", place)))[0];
            string[] entries = place is { } p ? [$"{p.At}:1"] : [];
            Assert.Equal(place?.Lane == "a" ? entries : [], await LaneAsync("a"));
            Assert.Equal(place?.Lane == "b" ? entries : [], await LaneAsync("b"));
            Assert.Equal(place, (await GetAsync(Item(1))).Due);
            Assert.Equal(place is { } l ? [new LaneSummary(l.Lane, l.At)] : [], await Store.LanesAsync(Home, "", null, 10, Ct));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task ListDue_IsInOrderOfTimeThenKey(int limit)
    {
        (int Key, long At)[] entries = [(5, 10), (2, 30), (9, 10), (1, 20), (7, 0), (3, 10), (4, 30), (8, 5_000_000_000)];
        await WriteAsync([.. entries.Select(e => Insert(Item(e.Key), $"s{e.Key}", "b", DueAt("l", e.At)))]);
        string[] neighbours = ["k", "l/x", "m"];
        await WriteAsync([.. neighbours.Select((lane, i) => Insert(Item(100 + i), due: DueAt(lane, 10)))]);

        string[] expected = [.. entries.OrderBy(e => e.At).ThenBy(e => e.Key).Select(e => $"{e.At}:{e.Key}")];
        var up = await DueAllAsync(new LaneRange("l"), new Listing(limit));
        Assert.Equal(expected, up.Select(r => $"{r.Due!.Value.At}:{Plain(r.Key)}"));
        Assert.All(up, r => Assert.Equal(($"s{Plain(r.Key)}", 0, "l"), (Text(r.State), r.Body.Length, r.Due!.Value.Lane)));
        var down = await DueAllAsync(new LaneRange("l"), new Listing(limit, Descending: true, WithBodies: true));
        Assert.Equal(expected.Reverse(), down.Select(r => $"{r.Due!.Value.At}:{Plain(r.Key)}"));
        Assert.All(down, r => Assert.Equal("b", Text(r.Body)));
    }

    [Theory]
    [InlineData(10L, 30L, "10 10 20")]
    [InlineData(null, 10L, "0")]
    [InlineData(20L, null, "20 30")]
    [InlineData(10L, 10L, "")]
    [InlineData(31L, null, "")]
    public async Task ListDue_ByTime_IsFromInclusiveToExclusive(long? from, long? to, string expected)
    {
        long[] times = [10, 0, 30, 20, 10];
        await WriteAsync([.. times.Select((at, i) => Insert(Item(i), due: DueAt("l", at)))]);

        foreach (var limit in new[] { 1, 100 })
        {
            var up = await DueAllAsync(new LaneRange("l", from, to), new Listing(limit));
            var down = await DueAllAsync(new LaneRange("l", from, to), new Listing(limit, Descending: true));
            Assert.Equal(expected, string.Join(' ', up.Select(r => r.Due!.Value.At)));
            Assert.Equal(expected, string.Join(' ', down.AsEnumerable().Reverse().Select(r => r.Due!.Value.At)));
        }
    }

    [Fact]
    public async Task ListDue_MixesTablesOfTheSpace()
    {
        await WriteAsync(Insert(Item(1), due: DueAt("l", 1)), Insert(Name("a"), due: DueAt("l", 2)), Insert(Item(2), due: DueAt("l", 3)));
        RowKey[] together = [Name("same"), Item(3), Name("also")];
        await WriteAsync([.. together.Select(key => Insert(key, due: DueAt("l", 4)))]);

        foreach (var limit in new[] { 1, 4, 100 })
        {
            var keys = (await DueAllAsync(new LaneRange("l"), new Listing(limit))).Select(r => Plain(r.Key)).ToList();
            Assert.Equal(["1", "a", "2"], keys.Take(3));
            Assert.Equal(["3", "also", "same"], keys.Skip(3).Order());
            Assert.True(keys.IndexOf("also") < keys.IndexOf("same"));
        }
    }

    [Fact]
    public async Task Lanes_AreSkippedThroughInOrdinalOrder()
    {
        string[] lanes = ["q/a", "q/a/1", "q/a/2", "q/a-b", "q/b", "q", "r/1", "q/a/10", "Q/a", "z"];
        foreach (var lane in lanes)
        {
            await WriteAsync([.. Enumerable.Range(0, 3).Select(i => Insert(Name($"{lane}#{i}"), due: DueAt(lane, 100 + i)))]);
        }

        var all = await Store.LanesAsync(Home, "", null, 1000, Ct);
        Assert.Equal(lanes.Order(StringComparer.Ordinal).Select(l => new LaneSummary(l, 100)), all);
        var under = await Store.LanesAsync(Home, "q/a", null, 1000, Ct);
        Assert.Equal(["q/a", "q/a-b", "q/a/1", "q/a/10", "q/a/2"], under.Select(l => l.Lane));
        Assert.Equal(["q/a", "q/a-b"], (await Store.LanesAsync(Home, "q/a", null, 2, Ct)).Select(l => l.Lane));
        Assert.Equal(["q/a/1", "q/a/10"], (await Store.LanesAsync(Home, "q/a", "q/a-b", 2, Ct)).Select(l => l.Lane));
        Assert.Equal(["q/a/2"], (await Store.LanesAsync(Home, "q/a", "q/a/10", 2, Ct)).Select(l => l.Lane));
        Assert.Empty(await Store.LanesAsync(Home, "q/a", "q/a/2", 2, Ct));
        Assert.Equal(["q/a", "q/a-b"], (await Store.LanesAsync(Home, "q/a", "aaa", 2, Ct)).Select(l => l.Lane));
        Assert.Equal(["q/a/2"], (await Store.LanesAsync(Home, "q/a", "q/a/11", 2, Ct)).Select(l => l.Lane));
        Assert.Empty(await Store.LanesAsync(Home, "nothing", null, 2, Ct));
    }

    [Fact]
    public async Task Lanes_WhenEmptied_AreNotListed()
    {
        var references = await WriteAsync([.. Enumerable.Range(0, 20).Select(i => Insert(Item(i), due: DueAt($"run/{i:d2}", 50 + i)))]);
        await WriteAsync([.. references.Where((_, i) => i % 5 != 0).Select(r => Replace(r, "s", DueAt("run/99", 7)))]);

        var lanes = await Store.LanesAsync(Home, "run/", null, 10, Ct);
        Assert.Equal(["run/00", "run/05", "run/10", "run/15", "run/99"], lanes.Select(l => l.Lane));
        var first = await GetAsync(Item(5));
        await WriteAsync(new Write.Delete(first.Reference), Insert(Item(30), due: DueAt("run/10", 1)));
        Assert.Equal(
            [new LaneSummary("run/10", 1), new LaneSummary("run/15", 65)], await Store.LanesAsync(Home, "run/", "run/00", 2, Ct));
        Assert.Equal(["1:30", "60:10"], await LaneAsync("run/10"));
    }

    [Fact]
    public async Task Count_StopsAtItsBound()
    {
        static string Lane(int i) => i < 12 ? "q/a/1" : i < 25 ? "q/a" : "q/b";
        await WriteAsync([.. Enumerable.Range(0, 30).Select(i => Insert(Item(i), due: DueAt(Lane(i), i)))]);

        Assert.Equal(25, await Store.CountAsync(Home, "q/a", 1000, Ct));
        Assert.Equal(12, await Store.CountAsync(Home, "q/a/", 1000, Ct));
        Assert.Equal(30, await Store.CountAsync(Home, "", 30, Ct));
        Assert.Equal(7, await Store.CountAsync(Home, "q/", 7, Ct));
        Assert.Equal(0, await Store.CountAsync(Home, "q/c", 7, Ct));
        Assert.Equal(0, await Store.CountAsync(Home, "q/", 0, Ct));
    }
}
