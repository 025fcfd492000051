using System.Diagnostics;
using Foundation.Protocols;

namespace Foundation.Benchmarks.Store;

/// <summary>A million queued rows: memory, file, cost against a thousand, and the way back in a fresh process.</summary>
internal static class MillionRows
{
    /// <summary>The suite that the fresh process runs.</summary>
    public const string Reopen = "store-million-reopen";

    private const int Rows = 1_000_000;
    private const int Sample = 20_000;
    private const int Batch = 50;
    private const int Callers = 8;
    private const string FolderVariable = "FOUNDATION_BENCH_FOLDER";

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("foundation-million-").FullName;
        try
        {
            using (var bench = new BenchmarkStore(folder: folder))
            {
                await EnqueueAsync(bench, 4_000);
                Report.Rate("million: enqueue in 50s, few stored", Sample, await EnqueueAsync(bench, Sample), "tasks/s");
                const int most = Rows - (2 * Sample) - 4_000;
                Report.Rate("million: enqueue in 50s, up to 1M", most, await EnqueueAsync(bench, most), "tasks/s");
                Report.Rate("million: enqueue in 50s, 1M stored", Sample, await EnqueueAsync(bench, Sample), "tasks/s");
                await bench.LifeAsync(0, bench.NewTask());
                Report.Rate("million: task lives, 128 callers, 1M stored", Sample, await LivesAsync(bench, Sample), "lives/s");
                GC.Collect();
                Report.Line($"million: memory {Memory()}");
            }

            Report.Line($"million: file {new FileInfo(Path.Combine(folder, "foundation.db")).Length >> 20} MiB");
            await ReopenInAFreshProcessAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Opens a folder that an earlier process filled.</summary>
    public static async Task ReopenAsync()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)
            ?? throw new InvalidOperationException($"{FolderVariable} names no folder");
        var started = TimeProvider.System.GetTimestamp();
        using var bench = new BenchmarkStore(folder: folder);
        var opened = TimeProvider.System.GetElapsedTime(started);
        var lanes = await bench.Store.LanesAsync(BenchmarkStore.Shard, "", null, 100, default);
        var lane = new LaneRange(lanes.First(l => l.Lane.StartsWith("tasks/queued/", StringComparison.Ordinal)).Lane);
        var page = await bench.Store.ListDueAsync(BenchmarkStore.Shard, lane, new Listing(256), default);
        var listed = TimeProvider.System.GetElapsedTime(started);
        var count = await bench.Store.CountAsync(BenchmarkStore.Shard, "tasks/", 10_000_000, default);
        var counted = TimeProvider.System.GetElapsedTime(started);
        Report.Line($"million: open after {opened.TotalMilliseconds:f0} ms, {page.Items.Count} rows after {listed.TotalMilliseconds:f0} ms");
        Report.Line($"million: {count:n0} rows counted after {counted.TotalMilliseconds:f0} ms; {Memory()}");
    }

    private static string Memory() => $"{Environment.WorkingSet >> 20} MiB resident, {GC.GetTotalMemory(false) >> 20} MiB of it managed";

    private static async Task ReopenInAFreshProcessAsync(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(MillionRows).Assembly.Location);
        }

        start.ArgumentList.Add(Reopen);
        start.Environment[FolderVariable] = folder;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
    }

    private static Task<Measured> EnqueueAsync(BenchmarkStore bench, int count) => Measure.CallersAsync(Callers, async _ =>
    {
        for (var i = 0; i < count / Batch / Callers; i++)
        {
            await bench.CommitAsync([.. Enumerable.Range(0, Batch).Select(_ => bench.NewTask())]);
        }
    });

    private static Task<Measured> LivesAsync(BenchmarkStore bench, int count) => Measure.CallersAsync(128, async caller =>
    {
        for (var i = 0; i < count / 128; i++)
        {
            await bench.LifeAsync(caller, bench.NewTask());
        }
    });
}
