using System.Globalization;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Races_ForOneVersion_HaveOneWinner()
    {
        var reference = (await WriteAsync(Insert(Item(1), "0")))[0];
        for (var round = 1; round <= 5; round++)
        {
            var before = reference;
            var results = await Task.WhenAll(Enumerable.Range(0, Racers).Select(async i =>
            {
                await Task.Yield();
                return (i, await CommitAsync(Replace(before, $"{round}.{i}", DueAt("l", i))));
            }));

            var (winner, won) = Assert.Single(results, r => r.Item2 is CommitResult.Committed);
            Assert.All(results.Where(r => r.i != winner), r => Assert.Equal(new CommitResult.Conflict(Item(1)), r.Item2));
            reference = new RowReference(Item(1), ((CommitResult.Committed)won).Versions[0], DueAt("l", winner));
            Assert.Equal($"{round}.{winner}", Text((await GetAsync(Item(1))).State));
            Assert.Equal([$"{winner}:1"], await LaneAsync("l"));
        }
    }

    [Fact]
    public async Task Races_ToInsert_HaveOneWinner()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, Racers).Select(async i =>
        {
            await Task.Yield();
            return (i, await CommitAsync(Insert(Name("one"), $"{i}"), Insert(Item(i))));
        }));

        var (winner, _) = Assert.Single(results, r => r.Item2 is CommitResult.Committed);
        Assert.Equal($"{winner}", Text((await GetAsync(Name("one"))).State));
        Assert.Equal([$"{winner}"], (await ListAllAsync(new KeyRange(Items), new Listing())).Select(r => Plain(r.Key)));
    }

    [Fact]
    public async Task Counters_RaisedByManyAtOnce_SumUp()
    {
        const int each = 5;
        await WriteAsync(Insert(Name("a"), "0"), Insert(Name("b"), "0"));
        await Task.WhenAll(Enumerable.Range(0, Racers).Select(async _ =>
        {
            await Task.Yield();
            for (var done = 0; done < each;)
            {
                var (a, b) = (await GetAsync(Name("a")), await GetAsync(Name("b")));
                if (await CommitAsync(Replace(a.Reference, Raised(a)), Replace(b.Reference, Raised(b))) is CommitResult.Committed)
                {
                    // Read your writes: what was acknowledged is seen, or something newer.
                    Assert.True(Number(await GetAsync(Name("a"))) > Number(a));
                    done++;
                }
            }
        }));

        Assert.Equal((Racers * each, Racers * each), (Number(await GetAsync(Name("a"))), Number(await GetAsync(Name("b")))));
    }

    [Fact]
    public async Task Neighbours_OfAConflict_AreStored()
    {
        await WriteAsync(Insert(Name("taken")));
        var results = await Task.WhenAll(Enumerable.Range(0, Racers * 4).Select(async i =>
        {
            await Task.Yield();
            return (i, await (i % 2 == 0 ? CommitAsync(Insert(Item(i), $"{i}")) : CommitAsync(Insert(Item(i)), Insert(Name("taken")))));
        }));

        Assert.All(results, r => Assert.Equal(r.i % 2 == 0, r.Item2 is CommitResult.Committed));
        var stored = await ListAllAsync(new KeyRange(Items), new Listing());
        var expected = Enumerable.Range(0, Racers * 2).Select(i => $"{i * 2}={i * 2}");
        Assert.Equal(expected, stored.Select(r => $"{Plain(r.Key)}={Text(r.State)}"));
    }

    private static int Number(Row row) => int.Parse(Text(row.State), CultureInfo.InvariantCulture);

    private static string Raised(Row row) => (Number(row) + 1).ToString(CultureInfo.InvariantCulture);
}
