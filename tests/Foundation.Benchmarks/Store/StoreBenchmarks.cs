using Foundation.Protocols;

namespace Foundation.Benchmarks.Store;

/// <summary>The SQLite store alone: what is acknowledged is on disk.</summary>
internal static class StoreBenchmarks
{
    private const int Lives = 100_000;

    public static async Task RunAsync()
    {
        await InsertsAsync();
        await BatchesAsync(callers: 16, batch: 50, count: 300_000);
        await LivesAsync();
        await FindsAsync();
        await LaneHeadsAsync();
        await ManyLanesAsync();
    }

    public static async Task InsertsAsync()
    {
        await InsertsAsync(callers: 1, count: 3_000);
        await InsertsAsync(callers: 64, count: 150_000);
    }

    public static async Task LivesAsync()
    {
        foreach (var callers in new[] { 64, 128, 256 })
        {
            await LivesAsync(callers, 256);
        }

        await LivesAsync(128, 1024);
    }

    private static async Task InsertsAsync(int callers, int count)
    {
        using var bench = new BenchmarkStore();
        var took = new TimeSpan[count];
        var measured = await Measure.CallersAsync(callers, async caller =>
        {
            for (var i = caller; i < count; i += callers)
            {
                var started = TimeProvider.System.GetTimestamp();
                await bench.CommitAsync(bench.NewTask());
                took[i] = TimeProvider.System.GetElapsedTime(started);
            }
        });
        Report.Rate($"store: inserts, {callers} callers, 256 B", count, measured, "tasks/s");
        Report.Quantiles("  acknowledged after", took);
    }

    private static async Task BatchesAsync(int callers, int batch, int count)
    {
        using var bench = new BenchmarkStore();
        var measured = await Measure.CallersAsync(callers, async _ =>
        {
            for (var i = 0; i < count / callers / batch; i++)
            {
                await bench.CommitAsync([.. Enumerable.Range(0, batch).Select(_ => bench.NewTask())]);
            }
        });
        Report.Rate($"store: batches of {batch}, {callers} callers, 256 B", count, measured, "tasks/s");
    }

    private static async Task LivesAsync(int callers, int bodyBytes)
    {
        using var bench = new BenchmarkStore(bodyBytes);
        // Minted before: an id costs two hashes, and they are not the store's.
        var tasks = Enumerable.Range(0, Lives).Select(_ => bench.NewTask()).ToArray();
        var measured = await Measure.CallersAsync(callers, async caller =>
        {
            for (var i = caller; i < Lives / callers * callers; i += callers)
            {
                await bench.LifeAsync(caller, tasks[i]);
            }
        });
        Report.Rate($"store: task lives, {callers} callers, {bodyBytes} B", Lives / callers * callers, measured, "lives/s");
    }

    private static async Task FindsAsync()
    {
        using var bench = new BenchmarkStore();
        var keys = new List<RowKey>();
        for (var i = 0; i < 2_000; i++)
        {
            var writes = Enumerable.Range(0, 50).Select(_ => bench.NewTask()).ToArray();
            await bench.CommitAsync([.. writes]);
            keys.AddRange(writes.Select(w => w.Target));
        }

        await FindAsync(bench, keys.TakeLast(1_000).ToArray(), "store: find, just written");
        await FindAsync(bench, keys.Take(80_000).ToArray(), "store: find, from the file");
    }

    private static async Task FindAsync(BenchmarkStore bench, RowKey[] keys, string name)
    {
        const int count = 200_000;
        var measured = await Measure.CallersAsync(2, async caller =>
        {
            for (var i = 0; i < count / 2; i++)
            {
                var key = keys[(int)(((uint)i * 7919u) + (uint)caller) % keys.Length];
                _ = await bench.Store.FindAsync(BenchmarkStore.Shard, key, default)
                    ?? throw new InvalidOperationException($"{key} is lost");
            }
        });
        Report.Rate(name, count, measured, "rows/s");
    }

    private static async Task LaneHeadsAsync()
    {
        using var bench = new BenchmarkStore();
        for (var i = 0; i < 400; i++)
        {
            await bench.CommitAsync([.. Enumerable.Range(0, 50).Select(_ => bench.NewTask())]);
        }

        const int count = 2_000;
        var lane = new LaneRange(BenchmarkStore.Queued(0).Lane);
        var measured = await Measure.CallersAsync(2, async _ =>
        {
            for (var i = 0; i < count / 2; i++)
            {
                await bench.Store.ListDueAsync(BenchmarkStore.Shard, lane, new Listing(100), default);
            }
        });
        Report.Rate("store: head of a lane, 100 rows", count, measured, "pages/s");
    }

    private static async Task ManyLanesAsync()
    {
        const int lanes = 20_000;
        using var bench = new BenchmarkStore();
        for (var i = 0; i < lanes; i += 50)
        {
            await bench.CommitAsync([.. Enumerable.Range(i, 50).Select(n => bench.NewTask() with { Due = Running(n) })]);
        }

        var measured = await Measure.AsyncWork(async () =>
        {
            string? after = null;
            for (var seen = 0; seen < lanes;)
            {
                var page = await bench.Store.LanesAsync(BenchmarkStore.Shard, "tasks/running/", after, 1000, default);
                seen += page.Count;
                after = page[^1].Lane;
            }
        });
        Report.Rate("store: skip-scan of 20,000 lanes", lanes, measured, "lanes/s");
    }

    private static Due Running(int instance) => new($"tasks/running/instance-{instance}", 1_790_000_000_000, Promptness.Sweep);
}
