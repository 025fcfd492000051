using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    /// <summary>Writes under the readers: more where they cost microseconds.</summary>
    protected virtual int ReadRounds => 20;

    /// <summary>What one reader has seen no later read takes back, by key or by listing; and a writer sees its own.</summary>
    [Fact]
    public async Task Reads_UnderWrites_NeverGoBack()
    {
        const int rows = 3;
        await WriteAsync([.. Enumerable.Range(0, rows).Select(i => Insert(Item(i), "0", "body", DueAt("l", 0)))]);
        var stop = false;
        var readers = Enumerable.Range(0, 2).Select(async reader =>
        {
            await Task.Yield();
            var seen = new int[rows];
            for (var i = 0; !Volatile.Read(ref stop); i++)
            {
                Row[] read = (i + reader) % 3 == 0
                    ? [.. (await Store.ListDueAsync(Home, new LaneRange("l"), new Listing(WithBodies: true), Ct)).Items]
                    : [await GetAsync(Item(i % rows))];
                Assert.All(read, row => Seen(row, seen));
            }
        }).ToList();

        for (var round = 1; round <= ReadRounds; round++)
        {
            var key = Item(round % rows);
            var before = await GetAsync(key);
            var after = (await WriteAsync(Replace(before.Reference, Raised(before), DueAt("l", round))))[0];
            Assert.Equal(after.Version, (await GetAsync(key)).Version);
            await Task.Yield();
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(readers);
    }

    private static void Seen(Row row, int[] seen)
    {
        ref var last = ref seen[(int)(uint)row.Key.Id];
        Assert.True(Number(row) >= last, $"{row.Key} went back from {last} to {Number(row)}");
        Assert.Equal("body", Text(row.Body));
        last = Number(row);
    }
}
