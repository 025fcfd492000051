using System.Globalization;
using Azure.Data.Tables;
using CsCheck;
using Foundation.Azure.Tables;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>The search from the end, over a sorted list that answers as Azure does.</summary>
public sealed class TailSearchTests
{
    private const string Prefix = "d!lane!";
    private const string End = "d!lane\"";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Last_OfAnyDistribution_IsAWholeEnd() =>
        await Gen.Select(Gen.Int[0, 400], Gen.Int[1, 3], Gen.Int[1, 20], Gen.Bool, Gen.ULong).SampleAsync(
            async (count, shape, page, vague, seed) =>
            {
                var list = new Listed([.. Times(count, shape, seed).Select((at, i) => Key(at, i))], page, vague);
                var end = End;
                var found = new List<string>();
                UInt128 width = 0;
                while (true)
                {
                    var chunk = await new TailSearch(list.ReadAsync, KeyMetric.Times(Prefix)).LastAsync(Prefix, end, width, Ct);
                    found.InsertRange(0, chunk.Entities.Select(e => e.RowKey));
                    if (chunk.Entities.Count == 0 || chunk.From == Prefix)
                    {
                        break;
                    }

                    var metric = KeyMetric.Times(Prefix);
                    width = metric.ToNumber(chunk.Entities[^1].RowKey) - metric.ToNumber(chunk.Entities[0].RowKey);
                    end = chunk.From;
                }

                Assert.Equal(list.Keys, found);
            },
            iter: 300,
            threads: 1);

    [Theory]
    [InlineData(50_000, 1)]
    [InlineData(50_000, 2)]
    [InlineData(1_000_000, 1)]
    public async Task Last_OfMany_CostsFewReads(int count, int shape)
    {
        var list = new Listed([.. Times(count, shape, 7).Select((at, i) => Key(at, i))], 1000, false);
        var chunk = await new TailSearch(list.ReadAsync, KeyMetric.Times(Prefix)).LastAsync(Prefix, End, 0, Ct);

        Assert.Equal(list.Keys[^1], chunk.Entities[^1].RowKey);
        Assert.InRange(list.Reads, 1, 30);
    }

    [Fact]
    public void Metrics_AreMonotoneAndBoundBelow()
    {
        var id = Gen.ULong.Select(Gen.ULong, (a, b) => new UInt128(a, b));
        Gen.Select(id, id).Sample((a, b) =>
        {
            var metric = KeyMetric.Ids("r!t!");
            var (low, high) = a < b ? (a, b) : (b, a);
            Assert.True(string.CompareOrdinal(metric.ToBound(low), metric.ToBound(high)) <= 0);
            Assert.Equal(low, metric.ToNumber(metric.ToBound(low)));
        });
        var text = Gen.String[Gen.Char['"', '~'], 0, 25];
        Gen.Select(text, text).Sample((a, b) =>
        {
            var metric = KeyMetric.Texts("r!t!");
            var (low, high) = string.CompareOrdinal(a, b) < 0 ? ("r!t!" + a, "r!t!" + b) : ("r!t!" + b, "r!t!" + a);
            Assert.True(metric.ToNumber(low) <= metric.ToNumber(high));
            Assert.True(string.CompareOrdinal(metric.ToBound(metric.ToNumber(low)), low) <= 0);
        });
    }

    private static string Key(long at, int index) => $"{Prefix}{EntityKeys.At(at)}!t!{index.ToString("d7", CultureInfo.InvariantCulture)}";

    /// <summary>1: even; 2: a few bursts; 3: nearly all at one time.</summary>
    private static List<long> Times(int count, int shape, ulong seed)
    {
        var times = new List<long>(count);
        for (var i = 0; i < count; i++)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            var random = (long)(seed >> 33);
            times.Add(1_795_000_000_000 + shape switch
            {
                1 => random % 604_800_000,
                2 => (random % 5 * 100_000_000) + (random / 5 % 50_000),
                _ => random % 10 == 0 ? random % 1000 : 500,
            });
        }

        times.Sort();
        return times;
    }

    /// <summary>At most a page per answer; a vague one says "perhaps more" at the very end too, as a service may.</summary>
    private sealed class Listed(string[] keys, int page, bool vague)
    {
        public string[] Keys { get; } = keys;

        public int Reads { get; private set; }

        public ValueTask<EntityPage> ReadAsync(string from, string to, CancellationToken ct)
        {
            Assert.True(++Reads < 100_000, "The search does not end");
            var start = ~Array.BinarySearch(Keys, from, StringComparer.Ordinal);
            start = start < 0 ? ~start : start;
            var items = Keys.Skip(start).TakeWhile(k => string.CompareOrdinal(k, to) < 0).Take(page + 1).ToList();
            var more = items.Count > page || (vague && items.Count == page);
            return new(new EntityPage([.. items.Take(page).Select(k => new TableEntity("0", k))], more));
        }
    }
}
