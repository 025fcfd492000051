using CsCheck;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    private static readonly string[] ModelLanes = ["a", "a/1", "a/2", "b"];

    /// <summary>
    /// Random commits and queries against a model that is a list. Each run works in a part of the keys and lanes of its own, so
    /// one store serves all runs. A failure prints the seed; CsCheck_Seed repeats it.
    /// </summary>
    [Fact]
    public async Task Model_OfRandomCommitsAndQueries_Agrees()
    {
        var (steps, runs) = ModelSize;
        var run = 0;
        var operation = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 7], Gen.Int[0, 7], Gen.Int[0, 4], Gen.Int[0, 5]);
        await operation.Array[steps].SampleAsync(
            async operations =>
            {
                var model = new Model(this, Interlocked.Increment(ref run));
                foreach (var (kind, first, second, lane, at) in operations)
                {
                    await model.StepAsync(kind, first, second, lane == 4 ? null : DueAt(model.Lane(lane), at));
                }

                await model.CompareAsync();
            },
            iter: runs,
            threads: 1);
    }

    private sealed class Model(StoreConformance suite, int run)
    {
        private readonly SortedDictionary<int, Row> _rows = [];
        private readonly Dictionary<int, RowReference> _stale = [];
        private int _writes;

        public string Lane(int index) => $"run-{run:d3}/{ModelLanes[index]}";

        public async Task StepAsync(int kind, int first, int second, Due? due)
        {
            switch (kind)
            {
                case < 8:
                    await CommitAsync(kind, first, second, due);
                    break;
                case 8:
                    var (from, to) = (Math.Min(first, second), Math.Max(first, second));
                    await suite.Store.DeleteRangeAsync(suite.Home, new KeyRange(Items, Key(from), Key(to)), Ct);
                    foreach (var number in _rows.Keys.Where(n => n >= from && n < to).ToList())
                    {
                        Forget(number);
                    }

                    break;
                default:
                    await CompareAsync();
                    break;
            }
        }

        public async Task CompareAsync()
        {
            var range = new KeyRange(Items, Key(0), Key(8));
            Assert.Equal(_rows.Values.Select(Line), (await suite.ListAllAsync(range, new Listing(3, WithBodies: true))).Select(Line));
            var due = _rows.Values.Where(r => r.Due is not null).ToLookup(r => r.Due!.Value.Lane);
            foreach (var lane in Enumerable.Range(0, ModelLanes.Length).Select(Lane))
            {
                var expected = due[lane].OrderBy(r => r.Due!.Value.At).ThenBy(r => r.Key).Select(Line).ToList();
                Assert.Equal(expected, (await suite.DueAllAsync(new LaneRange(lane), new Listing(2, WithBodies: true))).Select(Line));
                expected.Reverse();
                var down = new Listing(3, Descending: true, WithBodies: true);
                Assert.Equal(expected, (await suite.DueAllAsync(new LaneRange(lane), down)).Select(Line));
            }

            var summaries = due.OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new LaneSummary(g.Key, g.Min(r => r.Due!.Value.At)));
            Assert.Equal(summaries, await suite.Store.LanesAsync(suite.Home, $"run-{run:d3}/", null, 10, Ct));
            Assert.Equal(_rows.Values.Count(r => r.Due is not null), await suite.Store.CountAsync(suite.Home, $"run-{run:d3}/", 100, Ct));
            for (var number = 0; number < 8; number++)
            {
                var found = await suite.FindAsync(Key(number));
                Assert.Equal(_rows.TryGetValue(number, out var row) ? Line(row) : null, found is null ? null : Line(found));
            }
        }

        private static string Line(Row row) => $"{Plain(row.Key)} {row.Version} {Text(row.State)} {Text(row.Body)} {row.Due}";

        private RowKey Key(int number) => Item((run * 100) + number);

        private async Task CommitAsync(int kind, int first, int second, Due? due)
        {
            List<(int Number, Write Write)> writes = [(first, Choose(kind, first, due))];
            if (second != first)
            {
                writes.Add((second, Choose(kind / 2, second, due)));
            }

            var expected = writes.Where(w => !Holds(w.Number, w.Write)).Select(w => w.Write.Key).ToList();
            var result = await suite.CommitAsync([.. writes.Select(w => w.Write)]);
            if (expected.Count > 0)
            {
                Assert.Contains(Assert.IsType<CommitResult.Conflict>(result).Key, expected);
                return;
            }

            var versions = Assert.IsType<CommitResult.Committed>(result).Versions;
            for (var i = 0; i < writes.Count; i++)
            {
                Apply(writes[i].Number, writes[i].Write, versions[i]);
            }
        }

        /// <summary>Mostly what fits the row, sometimes what conflicts.</summary>
        private Write Choose(int kind, int number, Due? due)
        {
            var state = $"state {++_writes}";
            var present = _rows.TryGetValue(number, out var row);
            return kind switch
            {
                7 when _stale.TryGetValue(number, out var old) => Replace(old, state, due),
                6 when _stale.TryGetValue(number, out var old) => new Write.Delete(old),
                5 when present => new Write.Delete(row!.Reference),
                4 => Insert(Key(number), state, $"body {_writes}", due),
                _ when present => Replace(row!.Reference, state, due),
                _ => Insert(Key(number), state, $"body {_writes}", due),
            };
        }

        private bool Holds(int number, Write write) => _rows.TryGetValue(number, out var row)
            ? (write as Write.Replace)?.Before.Version == row.Version || (write as Write.Delete)?.Before.Version == row.Version
            : write is Write.Insert;

        private void Apply(int number, Write write, RowVersion version)
        {
            var body = _rows.TryGetValue(number, out var row) ? row.Body : default;
            Forget(number);
            switch (write)
            {
                case Write.Insert i:
                    _rows[number] = new Row(i.Key, version, i.State, i.Body, i.Due);
                    break;
                case Write.Replace r:
                    _rows[number] = new Row(r.Key, version, r.State, body, r.Due);
                    break;
            }
        }

        private void Forget(int number)
        {
            if (_rows.Remove(number, out var row))
            {
                _stale[number] = row.Reference;
            }
        }
    }
}
