using System.Diagnostics;
using Foundation.Azure.Tables;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>A number to know the emulator by, not a gate: run it with <c>-explicit only</c>.</summary>
public sealed class AzuriteThroughput
{
    private static readonly Space Work = new("work");
    private static readonly Table Items = new("items", Work, KeyForm.Id);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(1, 1, 300)]
    [InlineData(16, 16, 2000)]
    public async Task TaskLives_PerSecond(int shards, int workers, int lives)
    {
        var calls = new StorageFaults();
        var store = await AzureTestStore.CreateAsync(shards, null, calls);
        await LiveAsync(store, 0);
        calls.Reset();
        var next = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= lives;)
            {
                await LiveAsync(store, i);
            }
        }));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{shards} shards, {workers} workers: {lives / watch.Elapsed.TotalSeconds:0} lives/s, "
            + $"{calls.Count / (double)lives:0.00} calls per life, {watch.Elapsed.TotalMilliseconds * workers / calls.Count:0.0} ms per call");
    }

    private static async Task LiveAsync(AzureTablesStore store, int i)
    {
        var shard = new Shard(Work, i % store.Shards);
        var key = new RowKey(Items, ((UInt128)0x0190_0000_0000 << 80) | (uint)i);
        var insert = new Write.Insert(key, new byte[500], new byte[256], At("tasks/queued/default/x/2/t", i));
        var queued = await CommitAsync(store, shard, (i * 10) + 1, insert);
        var running = await CommitAsync(store, shard, (i * 10) + 2, new Write.Replace(queued, new byte[500], At("tasks/running/x", i)));
        await CommitAsync(store, shard, (i * 10) + 3, new Write.Replace(running, new byte[500], At("tasks/ended/succeeded", i)));
    }

    private static async Task<RowReference> CommitAsync(AzureTablesStore store, Shard shard, int id, Write write)
    {
        var committed = (CommitResult.Committed)await store.CommitAsync(new Commit(new CommitId((UInt128)(uint)id), shard, [write]), Ct);
        return new RowReference(write.Key, committed.Versions[0], write is Write.Insert n ? n.Due : ((Write.Replace)write).Due);
    }

    private static Due At(string lane, long at) => new(lane, at, Promptness.Prompt);
}
