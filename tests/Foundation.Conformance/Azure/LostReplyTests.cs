using System.Text;
using Foundation.Azure.Tables;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>Faults at every single storage call of a script that writes in all ways: the outcome never changes.</summary>
public sealed class LostReplyTests
{
    private static readonly Space Work = new("work");
    private static readonly Table Plain = new("plain", Work, KeyForm.Text);
    private static readonly Table Watched = new("watched", Work, KeyForm.Text, Watched: true);
    private static readonly Shard Home = new(Work, 0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Fault.ReplyLost)]
    [InlineData(Fault.NotSent)]
    [InlineData(Fault.Busy)]
    public async Task Fault_AtEveryCall_ChangesNoOutcome(Fault fault)
    {
        var faults = new StorageFaults();
        var expected = await RunAsync(await AzureTestStore.CreateAsync(1, null, faults));
        var calls = faults.Count;
        Assert.InRange(calls, 12, 60);
        for (var call = 1; call <= calls; call++)
        {
            faults = new StorageFaults { Choose = StorageFaults.At(call, fault) };
            var store = await AzureTestStore.CreateAsync(1, null, faults);
            try
            {
                Assert.Equal(expected, await RunAsync(store));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{fault} at call {call} of {calls}: {string.Join(", ", faults.Calls)}", e);
            }
        }
    }

    [Fact]
    public async Task Commit_WhenNobodyAnswers_Throws()
    {
        var faults = new StorageFaults();
        var store = await AzureTestStore.CreateAsync(1, null, faults);
        await CommitAsync(store, 1, Insert("a", "1"));
        faults.Choose = static _ => Fault.NotSent;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await CommitAsync(store, 2, Insert("b", "1")));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindAsync(Home, Key("a"), Ct));
    }

    [Fact]
    public async Task Commit_WhenKilled_MakesNoFurtherCall()
    {
        var faults = new StorageFaults();
        var store = await AzureTestStore.CreateAsync(1, null, faults);
        await CommitAsync(store, 1, Insert("a", "1"));
        faults.KillAfter = faults.Count;

        await Assert.ThrowsAsync<KilledException>(async () => await CommitAsync(store, 2, Insert("b", "1")));
        Assert.Equal(faults.KillAfter, faults.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Insert_WhoseReplyWasLostAndWhoseRowWentOn_IsCommitted(int others)
    {
        var (store, other, faults) = await TwoProcessesAsync();
        Meanwhile(faults, () => GoOnAsync(other, others));

        var committed = Assert.IsType<CommitResult.Committed>(await CommitAsync(store, 2, Insert("a", "1")));
        await AssertOvertakenAsync(other, committed, "1" + new string('+', others));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Replace_WhoseReplyWasLostAndWhoseRowWentOn_IsCommitted(int others)
    {
        var (store, other, faults) = await TwoProcessesAsync();
        var reference = (await InsertAsync(store)).Reference;
        Meanwhile(faults, () => GoOnAsync(other, others));

        var committed = Assert.IsType<CommitResult.Committed>(await CommitAsync(store, 2, new Write.Replace(reference, Bytes("1"), null)));
        await AssertOvertakenAsync(other, committed, "1" + new string('+', others));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Replace_WhoseRefusalWasLost_IsAConflict(int others)
    {
        var (store, other, faults) = await TwoProcessesAsync();
        var reference = (await InsertAsync(store)).Reference;
        await GoOnAsync(other, others);
        faults.Choose = StorageFaults.At(faults.Count + 1, Fault.ReplyLost);

        Assert.Equal(new CommitResult.Conflict(Key("a")), await CommitAsync(store, 2, new Write.Replace(reference, Bytes("1"), null)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replace_WhoseReplyWasLostAndWhoseTraceIsGone_IsUnknownAndNeverAConflict(bool deleted)
    {
        var (store, other, faults) = await TwoProcessesAsync();
        var reference = (await InsertAsync(store)).Reference;
        Meanwhile(faults, () => deleted ? DeleteAsync(other) : GoOnAsync(other, 8));

        var replace = new Write.Replace(reference, Bytes("1"), null);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await CommitAsync(store, 2, replace));
    }

    private static async Task<(AzureTablesStore Store, AzureTablesStore Other, StorageFaults Faults)> TwoProcessesAsync()
    {
        var (prefix, faults) = (AzuriteServer.NewPrefix(), new StorageFaults());
        var store = await AzureTestStore.CreateAsync(1, prefix, faults);
        await CommitAsync(store, 1, Insert("table", "is there"));
        return (store, await AzureTestStore.CreateAsync(1, prefix), faults);
    }

    private static async Task<Row> InsertAsync(AzureTablesStore store)
    {
        await CommitAsync(store, 1000, Insert("a", "0"));
        return (await store.FindAsync(Home, Key("a"), Ct))!;
    }

    private static async Task GoOnAsync(AzureTablesStore other, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var row = (await other.FindAsync(Home, Key("a"), Ct))!;
            var replace = new Write.Replace(row.Reference, Bytes(Text(row.State) + "+"), null);
            Assert.IsType<CommitResult.Committed>(await CommitAsync(other, 90 + i, replace));
        }
    }

    private static async Task DeleteAsync(AzureTablesStore other) =>
        await CommitAsync(other, 99, new Write.Delete((await other.FindAsync(Home, Key("a"), Ct))!.Reference));

    /// <summary>The next call is stored, then other writers go on, then its reply is lost.</summary>
    private static void Meanwhile(StorageFaults faults, Func<Task> others) =>
        (faults.Choose, faults.After) = (StorageFaults.At(faults.Count + 1, Fault.ReplyLost), others);

    /// <summary>It counts, once; and whoever goes on from its version meets a conflict.</summary>
    private static async Task AssertOvertakenAsync(AzureTablesStore other, CommitResult.Committed committed, string state)
    {
        Assert.Equal(state, Text((await other.FindAsync(Home, Key("a"), Ct))!.State));
        var stale = new RowReference(Key("a"), committed.Versions[0], null);
        Assert.Equal(new CommitResult.Conflict(Key("a")), await CommitAsync(other, 3, new Write.Replace(stale, Bytes("3"), null)));
    }

    /// <summary>Every kind of write; the answers and what is stored, as text.</summary>
    private static async Task<string> RunAsync(AzureTablesStore store)
    {
        var log = new StringBuilder();
        var large = new byte[300_000];
        large[299_999] = 7;
        var inserted = await StepAsync(1, Insert("a", "1", new Due("l", 5, Promptness.Prompt)), Insert("b", "1", null, Watched));
        var big = await StepAsync(2, new Write.Insert(Key("big"), Bytes("1"), large, new Due("l", 6, Promptness.Listed)));
        var replaced = await StepAsync(3, new Write.Replace(inserted[0], Bytes("2"), new Due("m", 7, Promptness.Prompt)));
        await StepAsync(4, Insert("a", "never"));
        await StepAsync(5, new Write.Replace(inserted[0], Bytes("never"), null), Insert("c", "never"));
        await StepAsync(6, new Write.Replace(inserted[1], Bytes("2"), null));
        await StepAsync(7, new Write.Delete(replaced[0]), Insert("d", "1"));
        await StepAsync(8, new Write.Delete(big[0]));
        await StepAsync(9, new Write.Delete(big[0]));
        await store.DeleteRangeAsync(Home, new KeyRange(Plain, Key("d")), Ct);

        foreach (var table in new[] { Plain, Watched })
        {
            var rows = await store.ListAsync(Home, new KeyRange(table), new Listing(WithBodies: true), Ct);
            log.AppendJoin('\n', rows.Items.Select(r => $"{r.Key} {Text(r.State)} {r.Body.Length} {r.Due}")).AppendLine();
        }

        log.AppendJoin(',', (await store.LanesAsync(Home, "", null, 10, Ct)).Select(l => l.Lane));
        return log.ToString();

        async Task<List<RowReference>> StepAsync(int id, params Write[] writes)
        {
            var result = await CommitAsync(store, id, writes);
            log.AppendLine(result is CommitResult.Conflict c ? $"{id}: {c.Key}" : $"{id}: committed");
            return result is CommitResult.Committed committed
                ? [.. writes.Select((w, i) => new RowReference(w.Key, committed.Versions[i], DueOf(w)))]
                : [];
        }
    }

    private static ValueTask<CommitResult> CommitAsync(AzureTablesStore store, int id, params Write[] writes) =>
        store.CommitAsync(new Commit(new CommitId((UInt128)(uint)id), Home, [.. writes]), Ct);

    private static Due? DueOf(Write write) => write is Write.Insert i ? i.Due : (write as Write.Replace)?.Due;

    private static RowKey Key(string text) => new(Plain, text);

    private static Write.Insert Insert(string key, string state, Due? due = null, Table? table = null) =>
        new Write.Insert(new RowKey(table ?? Plain, key), Bytes(state), default, due);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
